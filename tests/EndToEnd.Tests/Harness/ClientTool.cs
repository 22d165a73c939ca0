using System.Diagnostics;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>A stock client as an external program, with the credentials of a deployment in its environment.</summary>
internal sealed class ClientTool
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly string _path;
    private readonly Dictionary<string, string> _environment;

    public ClientTool(string path, Bootstrap bootstrap, string home)
    {
        _path = path;
        _environment = new()
        {
            ["AWS_ACCESS_KEY_ID"] = bootstrap.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = bootstrap.SecretKey,
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_PAGER"] = string.Empty,
            ["EDGECACHE_ENDPOINT"] = bootstrap.AcceleratedEndpoint,
            ["HOME"] = home,
            ["NO_PROXY"] = "*",
        };
    }

    /// <summary>All installed programs of a name: on the PATH and in /usr/bin, where distributions put older ones.</summary>
    public static IReadOnlyList<string> Find(string name)
    {
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Append("/usr/bin");
        return [.. directories.Select(Resolve).Select(d => Path.Combine(d, name)).Where(File.Exists).Select(Path.GetFullPath).Distinct()];

        // Where /bin is /usr/bin, what is in it is one program.
        static string Resolve(string directory) =>
            Directory.Exists(directory) ? Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory : directory;
    }

    public ClientTool With(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    public ClientTool Without(string name)
    {
        _environment.Remove(name);
        return this;
    }

    /// <summary>Runs it and gives its standard output; fails the test with all it said when the exit code is not 0.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var (exitCode, output, error) = await TryRunAsync(cancellationToken, arguments);
        Assert.True(exitCode == 0, $"{_path} {string.Join(' ', arguments)}\nexit code {exitCode}\n{output}\n{error}");
        return output;
    }

    public async Task<(int ExitCode, string Output, string Error)> TryRunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(_path) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A certificate bundle of the machine's own breaks Go clients, which want none here.
        start.Environment.Remove("AWS_CA_BUNDLE");
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
