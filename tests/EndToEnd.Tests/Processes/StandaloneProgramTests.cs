using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>The standalone program as an operator meets it: options, refusals, signals, a second start.</summary>
public sealed class StandaloneProgramTests
{
    /// <summary>Longer than the five seconds promised, so that a slow machine is told from a program that hangs.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_start_finds_everything_again_cache_included()
    {
        using var directory = new TempDirectory();
        var content = new byte[9_000_000];
        new Random(1).NextBytes(content);
        Bootstrap first;
        await using (var deployment = await StandaloneProcess.StartAsync(directory.Path, Cancellation))
        {
            first = deployment.Bootstrap;
            using var s3 = SdkClient.Create(first);
            await s3.PutBucketAsync("kept-bucket", Cancellation);
            await s3.PutObjectAsync(new() { BucketName = "kept-bucket", Key = "k", InputStream = new MemoryStream(content) }, Cancellation);
            using var got = await s3.GetObjectAsync("kept-bucket", "k", Cancellation);
            Assert.Equal(content, await SdkClient.ReadAsync(got, Cancellation));
            Assert.Equal(0, await deployment.StopAsync(PosixSignal.SIGTERM, Cancellation).WaitAsync(StopPatience, Cancellation));
        }

        await using var again = await StandaloneProcess.StartAsync(directory.Path, Cancellation);
        Assert.Equal((first.AccessKeyId, first.SecretKey, first.ApiToken), (again.Bootstrap.AccessKeyId, again.Bootstrap.SecretKey, again.Bootstrap.ApiToken));
        using var client = SdkClient.Create(again.Bootstrap);
        using var warm = await client.GetObjectAsync("kept-bucket", "k", Cancellation);
        Assert.Equal(content, await SdkClient.ReadAsync(warm, Cancellation));
        Assert.Equal(0, await PrometheusMetrics.SumAsync(again.Bootstrap.MetricsEndpoints.Skip(1), "edgecache_origin_requests_total", Cancellation, "operation=\"GetObject\""));
    }

    [Fact]
    public async Task Ctrl_C_stops_it_and_the_bootstrap_file_is_private()
    {
        using var directory = new TempDirectory();
        await using var deployment = await StandaloneProcess.StartAsync(directory.Path, Cancellation, "--edges", "2");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory.Path, "bootstrap.json")));
        Assert.Contains(deployment.Bootstrap.AcceleratedEndpoint, deployment.Output, StringComparison.Ordinal);
        Assert.Contains("s3cmd", deployment.Output, StringComparison.Ordinal);
        Assert.Equal(4, deployment.Bootstrap.MetricsEndpoints.Count);
        Assert.Equal(0, await deployment.StopAsync(PosixSignal.SIGINT, Cancellation).WaitAsync(StopPatience, Cancellation));
    }

    [Fact]
    public async Task A_port_in_use_gets_one_line_and_exit_code_2()
    {
        using var directory = new TempDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.SkipUnless(port < 65_000, "the kernel chose a port too high to be a base");
        await AssertRefusedAsync($"port {port}", "--data", directory.Path, "--port-base", $"{port}");
    }

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("--port-base", "70000")]
    [InlineData("--port-base", "many")]
    [InlineData("--edges", "0")]
    [InlineData("--cache-size", "huge", "--port-base", "0")]
    [InlineData("--data", "/proc/nowhere")]
    public async Task A_bad_option_gets_one_line_and_exit_code_2(params string[] arguments)
    {
        using var directory = new TempDirectory();
        await AssertRefusedAsync(string.Empty, arguments.Contains("--data") ? arguments : [.. arguments, "--data", directory.Path]);
    }

    private static async Task AssertRefusedAsync(string mention, params string[] arguments)
    {
        await using var process = SpawnedProcess.StartAssembly(Assemblies.Standalone, arguments);
        await process.Process.WaitForExitAsync(Cancellation).WaitAsync(StopPatience, Cancellation);
        process.Process.WaitForExit();
        Assert.Equal(2, process.Process.ExitCode);
        var line = Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("edgecache: ", line, StringComparison.Ordinal);
        Assert.Contains(mention, line, StringComparison.Ordinal);
    }
}
