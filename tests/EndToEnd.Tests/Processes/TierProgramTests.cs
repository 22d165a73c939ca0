using System.Net;
using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>Origin and edge as programs of their own.</summary>
public sealed class TierProgramTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_tells_its_health_and_metrics_and_stops_on_SIGTERM()
    {
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        foreach (var admin in new[] { deployment.Origin.Endpoints.Admin, deployment.Edge.Endpoints.Admin })
        {
            foreach (var path in new[] { "/healthz", "/readyz", "/metrics" })
            {
                Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync(admin + path, Cancellation)).StatusCode);
            }
        }

        Assert.Equal(0, await deployment.Edge.StopAsync(PosixSignal.SIGTERM, Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
        Assert.Equal(0, await deployment.Origin.StopAsync(PosixSignal.SIGTERM, Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
    }

    [Fact]
    public async Task A_read_through_the_edge_hits_the_second_time_and_says_so()
    {
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        using var s3 = SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, deployment.Edge.Endpoints.S3);
        await s3.PutBucketAsync("hits-bucket", Cancellation);
        await s3.PutObjectAsync(new() { BucketName = "hits-bucket", Key = "k", InputStream = new MemoryStream(new byte[6_000_000]) }, Cancellation);
        var link = await s3.GetPreSignedURLAsync(new() { BucketName = "hits-bucket", Key = "k", Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(10), Protocol = Amazon.S3.Protocol.HTTP });

        var (first, second) = (await HeadersAsync(link), await HeadersAsync(link));
        Assert.Equal("MISS", first.Cache);
        Assert.Contains("fwd=", first.Status, StringComparison.Ordinal);
        Assert.Equal("HIT", second.Cache);
        Assert.Contains("LGA1; hit", second.Status, StringComparison.Ordinal);
        Assert.Equal(2, await deployment.ObjectReadsAtOriginAsync(Cancellation));
    }

    [Fact]
    public async Task An_overwrite_at_the_origin_is_seen_at_the_edge()
    {
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        using var edge = SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, deployment.Edge.Endpoints.S3);
        using var origin = SdkClient.Create(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, deployment.Origin.Endpoints.S3);
        await origin.PutBucketAsync("coherent-bucket", Cancellation);
        for (var revision = 0; revision < 20; revision++)
        {
            await origin.PutObjectAsync(new() { BucketName = "coherent-bucket", Key = "k", ContentBody = $"revision {revision}" }, Cancellation);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            while (await ReadTextAsync(edge) != $"revision {revision}")
            {
                patience.Token.ThrowIfCancellationRequested();
            }
        }

        await origin.DeleteObjectAsync("coherent-bucket", "k", Cancellation);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        gone.CancelAfter(TimeSpan.FromSeconds(10));
        while (await ReadTextAsync(edge) is not null)
        {
            gone.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<string?> ReadTextAsync(Amazon.S3.AmazonS3Client s3)
    {
        try
        {
            using var got = await s3.GetObjectAsync("coherent-bucket", "k", Cancellation);
            return System.Text.Encoding.UTF8.GetString(await SdkClient.ReadAsync(got, Cancellation));
        }
        catch (Amazon.S3.Model.NoSuchKeyException)
        {
            return null;
        }
    }

    private static async Task<(string Cache, string Status)> HeadersAsync(string link)
    {
        using var response = await Http.GetAsync(link, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(6_000_000, (await response.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        return (string.Join(',', response.Headers.GetValues("x-cache")), string.Join(',', response.Headers.GetValues("Cache-Status")));
    }
}
