using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.RealInput;

/// <summary>Real files: the installed .NET SDK's own directory, thousands of files of all sizes.</summary>
public sealed class SdkDirectoryTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Synced_up_and_down_twice_it_is_the_same_and_the_second_time_touches_no_origin()
    {
        var aws = ClientTool.Find("aws");
        Assert.SkipUnless(aws.Count > 0, "aws-cli is not installed");
        using var directory = new TempDirectory();
        var tool = deployment.Tool(aws[^1], directory.Path);
        var sdk = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var bucket = deployment.NewBucketName();
        await Run(tool, "mb", $"s3://{bucket}");
        await Run(tool, "sync", "--only-show-errors", "--no-follow-symlinks", sdk, $"s3://{bucket}/dotnet");

        var first = Path.Combine(directory.Path, "first");
        await Run(tool, "sync", "--only-show-errors", $"s3://{bucket}/dotnet", first);
        var (files, bytes) = await Files.AssertSameTreeAsync(sdk, first, Cancellation);
        Assert.True(files > 100 && bytes > 50_000_000, $"{sdk} has only {files} files, {bytes} bytes");
        Directory.Delete(first, recursive: true);

        var before = await ObjectReadsAtOriginsAsync();
        Assert.True(before >= files, $"only {before} object reads were counted at the origins for {files} files");
        var second = Path.Combine(directory.Path, "second");
        await Run(tool, "sync", "--only-show-errors", $"s3://{bucket}/dotnet", second);
        await Files.AssertSameTreeAsync(sdk, second, Cancellation);
        Assert.Equal(before, await ObjectReadsAtOriginsAsync());
    }

    private Task<double> ObjectReadsAtOriginsAsync() =>
        PrometheusMetrics.SumAsync(deployment.OriginMetrics, "edgecache_origin_requests_total", Cancellation, "operation=\"GetObject\"");

    private Task<string> Run(ClientTool aws, params string[] arguments) =>
        aws.RunAsync(Cancellation, ["--endpoint-url", deployment.Bootstrap.AcceleratedEndpoint, "s3", .. arguments]);
}
