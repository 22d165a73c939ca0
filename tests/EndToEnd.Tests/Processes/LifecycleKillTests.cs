using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>SIGKILL to the origin while lifecycle rules are carried out: every key ends exactly once, and nothing that no rule names is touched.</summary>
public sealed class LifecycleKillTests
{
    private const string Bucket = "lifecycle-bucket";
    private const int Keys = 1500;
    private const int KeptKeys = 50;
    private const int Uploaders = 16;
    private const int MaxPolls = 5000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kill_neither_loses_nor_doubles_what_rules_do()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_LIFECYCLE_KILLS") ?? "4", CultureInfo.InvariantCulture);
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        deployment.Origin.Set("LifecycleDay", "00:00:01");
        await deployment.Origin.KillAsync();
        await deployment.Origin.RestartAsync(Cancellation);

        using var s3 = SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, deployment.Edge.Endpoints.S3, retries: 5);
        await s3.PutBucketAsync(Bucket, Cancellation);
        await s3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } }, Cancellation);
        string[] keys = [.. Enumerable.Range(0, Keys).Select(static i => $"gone/{i:00000}"), .. Enumerable.Range(0, KeptKeys).Select(static i => $"kept/{i}")];
        await Parallel.ForEachAsync(
            keys, new ParallelOptions { MaxDegreeOfParallelism = Uploaders, CancellationToken = Cancellation },
            async (key, token) => await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = key }, token));

        await s3.PutLifecycleConfigurationAsync(
            new PutLifecycleConfigurationRequest
            {
                BucketName = Bucket,
                Configuration = new Amazon.S3.Model.LifecycleConfiguration
                {
                    Rules =
                    [
                        new Amazon.S3.Model.LifecycleRule
                        {
                            Id = "end", Status = LifecycleRuleStatus.Enabled, Expiration = new LifecycleRuleExpiration { Days = 1 },
                            Filter = new Amazon.S3.Model.LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "gone/" } },
                        },
                    ],
                },
            },
            Cancellation);

        var killed = 0;
        for (var polls = 0; ; polls++)
        {
            Assert.True(polls < MaxPolls, $"not done after {polls} looks\n{deployment.Origin.Output}");
            var left = await CountCurrentAsync(s3);
            if (left == 0)
            {
                break;
            }

            // Each kill waits until the rules have come further since the last one began.
            if (killed < kills && left <= Keys - (killed * Keys / (kills + 1)))
            {
                await deployment.Origin.KillAsync();
                await deployment.Origin.RestartAsync(Cancellation);
                killed++;
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{killed} kills");
        var (versions, markers) = await CountVersionsAsync(s3);
        Assert.Equal(Keys + KeptKeys, versions.Count);
        Assert.All(versions.Values, static count => Assert.Equal(1, count));
        Assert.Equal(Keys, markers.Count);
        Assert.All(markers, static marker => Assert.Equal((true, 1), (marker.Key.StartsWith("gone/", StringComparison.Ordinal), marker.Value)));
        for (var i = 0; i < KeptKeys; i++)
        {
            using var kept = await s3.GetObjectAsync(Bucket, $"kept/{i}", Cancellation);
            Assert.Equal($"kept/{i}".Length, kept.ContentLength);
        }

        await Assert.ThrowsAsync<NoSuchKeyException>(() => s3.GetObjectAsync(Bucket, "gone/00000", Cancellation));
    }

    private static async Task<int> CountCurrentAsync(AmazonS3Client s3)
    {
        var (count, token) = (0, (string?)null);
        do
        {
            var page = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = "gone/", ContinuationToken = token }, Cancellation);
            count += page.S3Objects?.Count ?? 0;
            token = page.NextContinuationToken;
        }
        while (token is not null);
        return count;
    }

    private static async Task<(Dictionary<string, int> Versions, Dictionary<string, int> Markers)> CountVersionsAsync(AmazonS3Client s3)
    {
        var (versions, markers) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        var request = new ListVersionsRequest { BucketName = Bucket };
        while (true)
        {
            var page = await s3.ListVersionsAsync(request, Cancellation);
            foreach (var version in page.Versions ?? [])
            {
                var counts = version.IsDeleteMarker == true ? markers : versions;
                counts[version.Key] = counts.GetValueOrDefault(version.Key) + 1;
            }

            if (page.IsTruncated != true)
            {
                return (versions, markers);
            }

            (request.KeyMarker, request.VersionIdMarker) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
    }
}
