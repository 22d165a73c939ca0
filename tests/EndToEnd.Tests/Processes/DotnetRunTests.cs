using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>The README's first command: <c>dotnet run</c> on what is built, from a directory that is not the project's.</summary>
public sealed class DotnetRunTests
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_goes_below_the_directory_of_the_shell()
    {
        using var shell = new TempDirectory();
        await using var process = Run(shell.Path, "Standalone", "--port-base", "0");
        await process.WaitForAsync(() => process.Output.Contains("EdgeCache is ready", StringComparison.Ordinal) ? "ready" : null, "banner", Cancellation);
        Assert.NotNull(Bootstrap.TryRead(Path.Combine(shell.Path, "data")));
        Assert.Equal(0, await process.SignalAndWaitAsync(PosixSignal.SIGTERM, Cancellation).WaitAsync(StopPatience, Cancellation));
    }

    [Theory]
    [InlineData("Origin")]
    [InlineData("Edge")]
    public async Task The_tiers_read_their_settings_from_the_directory_of_the_shell(string project)
    {
        using var shell = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(shell.Path, "appsettings.json"), $$"""{ "{{project}}": { "NoSuchSetting": "1" } }""", Cancellation);
        await using var process = Run(shell.Path, project);
        await process.Process.WaitForExitAsync(Cancellation);
        process.Process.WaitForExit();
        Assert.Equal(2, process.Process.ExitCode);
        Assert.Contains("NoSuchSetting", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Standalone")]
    [InlineData("Origin")]
    [InlineData("Edge")]
    public async Task Without_a_word_about_it_Release_is_what_runs(string project)
    {
        using var shell = new TempDirectory();
        await using var process = SpawnedProcess.StartDotnet(shell.Path, ["msbuild", Project(project), "-getProperty:RunCommand", "-nologo"]);
        await process.Process.WaitForExitAsync(Cancellation);
        process.Process.WaitForExit();
        Assert.Contains("/bin/Release/", process.Output, StringComparison.Ordinal);
    }

    /// <summary>Runs what these tests were built with: the default configuration unless they are of another.</summary>
    private static SpawnedProcess Run(string directory, string project, params string[] arguments)
    {
        string[] configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? [] : ["-c", "Debug"];
        return SpawnedProcess.StartDotnet(directory, ["run", "--no-build", .. configuration, "--project", Project(project), "--", .. arguments]);
    }

    private static string Project(string name) => Path.Combine(Files.RepositoryRoot, "src", name, $"EdgeCache.{name}.csproj");
}
