using System.Net;
using System.Text;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Cors;

namespace EdgeCache.Edge.Tests.Pipeline;

public sealed class CrossOriginTests
{
    private static readonly BucketConfigurations Open = new()
    {
        Cors = new CorsConfiguration([new CorsRule { AllowedOrigins = ["http://*.test"], AllowedMethods = ["GET"] }]),
    };

    [Fact]
    public async Task A_miss_a_hit_and_an_error_tell_the_page_what_it_may_do()
    {
        await using var cluster = await ClusterAsync();
        foreach (var (key, status) in new[] { ("a", HttpStatusCode.OK), ("a", HttpStatusCode.OK), ("none", HttpStatusCode.NotFound) })
        {
            using var response = await SendAsync(cluster, HttpMethod.Get, key, "http://a.test", null);
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("http://a.test", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Contains("Origin", string.Join(',', response.Headers.Vary), StringComparison.Ordinal);
        }

        using var other = await SendAsync(cluster, HttpMethod.Get, "a", "http://a.other", null);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_preflight_is_answered_here_and_a_change_is_in_force_when_the_feed_tells_it()
    {
        await using var cluster = await ClusterAsync();
        using (var allowed = await SendAsync(cluster, HttpMethod.Options, "a", "http://a.test", "GET"))
        {
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        }

        using (var refused = await SendAsync(cluster, HttpMethod.Options, "a", "http://a.test", "PUT"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        cluster.Ord.ChangeBucket(EdgeCluster.Bucket, static b => b with { Configurations = BucketConfigurations.None });
        await cluster.CaughtUpAsync();
        using var closed = await SendAsync(cluster, HttpMethod.Options, "a", "http://a.test", "GET");
        Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
        Assert.Empty(cluster.Ord.Passed);
    }

    private static async Task<EdgeCluster> ClusterAsync()
    {
        var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.ChangeBucket(EdgeCluster.Bucket, static b => b with { Configurations = Open });
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Encoding.ASCII.GetBytes("bytes"));
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static async Task<HttpResponseMessage> SendAsync(EdgeCluster cluster, HttpMethod method, string key, string page, string? asked)
    {
        var request = cluster.Unsigned(method, $"/{EdgeCluster.Bucket}/{key}");
        request.Headers.TryAddWithoutValidation("Origin", page);
        if (asked is not null)
        {
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", asked);
        }
        else
        {
            cluster.Signer.Sign(request);
        }

        return await cluster.SendAsync(request);
    }
}
