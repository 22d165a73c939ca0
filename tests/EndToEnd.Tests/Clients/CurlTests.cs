using System.Diagnostics;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>The curl lines of <c>docs/identity.md</c>, run as they stand against a standalone deployment.</summary>
public sealed class CurlTests
{
    private const string Document = "docs/identity.md";

    // Without it, curl takes an error answer for a success.
    private const string Prelude = "set -euo pipefail\ncurl() { command curl --fail-with-body --max-time 60 \"$@\"; local status=$?; echo >&2; return $status; }\n";

    [Fact]
    public async Task The_lines_of_the_document_work_as_pasted()
    {
        var (bash, curl) = (ClientTool.Find("bash"), ClientTool.Find("curl"));
        Assert.SkipUnless(bash.Count > 0 && curl.Count > 0, "bash and curl are needed");
        using var directory = new TempDirectory();
        await using var standalone = await StandaloneProcess.StartAsync(
            directory.Combine("data"), TestContext.Current.CancellationToken, "--cache-size", "1GiB");
        var script = directory.Combine("lines.sh");
        var lines = ShellBlocks(await File.ReadAllTextAsync(FindDocument(), TestContext.Current.CancellationToken));
        Assert.Contains("curl -s", lines, StringComparison.Ordinal);
        await File.WriteAllTextAsync(script, Prelude + lines, TestContext.Current.CancellationToken);

        var start = new ProcessStartInfo(bash[0]) { WorkingDirectory = directory.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-x");
        start.ArgumentList.Add(script);
        start.Environment["NO_PROXY"] = "*";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{await output}\n{await error}");
    }

    private static string ShellBlocks(string markdown)
    {
        var blocks = new StringBuilder();
        var isShell = false;
        foreach (var line in markdown.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isShell = line == "```sh";
            }
            else if (isShell)
            {
                blocks.Append(line).Append('\n');
            }
        }

        return blocks.ToString();
    }

    private static string FindDocument()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, Document)))
            {
                return Path.Combine(directory, Document);
            }
        }

        throw new FileNotFoundException(Document);
    }
}
