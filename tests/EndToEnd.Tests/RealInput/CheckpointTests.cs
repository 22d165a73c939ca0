using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.RealInput;

/// <summary>
/// A sharded model checkpoint in safetensors format, as a fleet loads it. <c>EDGECACHE_CHECKPOINT_SIZE</c> sets its size; three times as much
/// disk is needed.
/// </summary>
public sealed class CheckpointTests
{
    private const int Shards = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Loaded_twice_through_the_edge_it_is_the_same_and_the_second_load_touches_no_origin()
    {
        var size = Environment.GetEnvironmentVariable("EDGECACHE_CHECKPOINT_SIZE") ?? "2GiB";
        using var directory = new TempDirectory();
        var checkpoint = Path.Combine(directory.Path, "checkpoint");
        await using (var generator = SpawnedProcess.StartAssembly(
            Assemblies.Load, ["checkpoint", "--out", checkpoint, "--size", size, "--shards", Shards.ToString(CultureInfo.InvariantCulture), "--seed", "7"]))
        {
            await generator.Process.WaitForExitAsync(Cancellation);
            Assert.True(generator.Process.ExitCode == 0, generator.Output);
        }

        await using var deployment = await StandaloneProcess.StartAsync(Path.Combine(directory.Path, "data"), Cancellation, "--cache-size", "12GiB");
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        await s3.PutBucketAsync(new PutBucketRequest { BucketName = "models", BucketRegionName = "LAS1" }, Cancellation);
        using (var transfer = new TransferUtility(s3))
        {
            await transfer.UploadDirectoryAsync(checkpoint, "models", Cancellation);
        }

        var listed = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "models" }, Cancellation);
        Assert.Equal(Shards + 1, listed.S3Objects.Count);

        await LoadAsync(s3, listed.S3Objects, checkpoint);
        var before = await ObjectReadsAtOriginsAsync(deployment.Bootstrap);
        Assert.True(before >= Shards, $"only {before} object reads were counted at the origins");
        await LoadAsync(s3, listed.S3Objects, checkpoint);
        Assert.Equal(before, await ObjectReadsAtOriginsAsync(deployment.Bootstrap));
    }

    private static async Task LoadAsync(AmazonS3Client s3, IEnumerable<S3Object> objects, string checkpoint)
    {
        foreach (var listed in objects)
        {
            using var got = await s3.GetObjectAsync("models", listed.Key, Cancellation);
            await using var expected = File.OpenRead(Path.Combine(checkpoint, listed.Key));
            await Files.AssertEqualAsync(expected, got.ResponseStream, listed.Key, Cancellation);
        }
    }

    private static Task<double> ObjectReadsAtOriginsAsync(Bootstrap bootstrap) =>
        PrometheusMetrics.SumAsync(bootstrap.MetricsEndpoints.Skip(1), "edgecache_origin_requests_total", Cancellation, "operation=\"GetObject\"");
}
