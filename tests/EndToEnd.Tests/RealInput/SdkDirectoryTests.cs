using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.RealInput;

/// <summary>Real files: the installed .NET SDK's own directory, thousands of files of all sizes.</summary>
public sealed class SdkDirectoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Synced_up_and_down_twice_it_is_the_same_and_the_second_time_touches_no_origin()
    {
        var aws = ClientTool.Find("aws");
        Assert.SkipUnless(aws.Count > 0, "aws-cli is not installed");
        using var directory = new TempDirectory();
        await using var deployment = await StandaloneProcess.StartAsync(Path.Combine(directory.Path, "data"), Cancellation, "--cache-size", "6GiB");
        var tool = new ClientTool(aws[^1], deployment.Bootstrap, directory.Path);
        Task<string> Run(params string[] arguments) =>
            tool.RunAsync(Cancellation, ["--endpoint-url", deployment.Bootstrap.AcceleratedEndpoint, "s3", .. arguments]);
        Task<double> ObjectReadsAtOriginsAsync() => PrometheusMetrics.SumAsync(
            deployment.Bootstrap.MetricsEndpoints.Skip(1), "edgecache_origin_requests_total", Cancellation, "operation=\"GetObject\"");
        var sdk = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        const string Bucket = "sdk-bucket";
        await Run("mb", $"s3://{Bucket}");
        await Run("sync", "--only-show-errors", "--no-follow-symlinks", sdk, $"s3://{Bucket}/dotnet");

        var first = Path.Combine(directory.Path, "first");
        await Run("sync", "--only-show-errors", $"s3://{Bucket}/dotnet", first);
        var (files, bytes) = await Files.AssertSameTreeAsync(sdk, first, Cancellation);
        Assert.True(files > 100 && bytes > 50_000_000, $"{sdk} has only {files} files, {bytes} bytes");
        Directory.Delete(first, recursive: true);

        var before = await ObjectReadsAtOriginsAsync();
        Assert.True(before >= files, $"only {before} object reads were counted at the origins for {files} files");
        var second = Path.Combine(directory.Path, "second");
        await Run("sync", "--only-show-errors", $"s3://{Bucket}/dotnet", second);
        await Files.AssertSameTreeAsync(sdk, second, Cancellation);
        Assert.Equal(before, await ObjectReadsAtOriginsAsync());
    }
}
