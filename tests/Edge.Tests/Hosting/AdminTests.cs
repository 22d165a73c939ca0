using System.Net;
using System.Text.Json;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Testing;
using Microsoft.Extensions.Configuration;

namespace EdgeCache.Edge.Tests.Hosting;

public sealed class AdminTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_readiness_and_metrics_are_served_and_S3_is_not()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 1000));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(cluster, "/healthz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(cluster, "/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(cluster, "/models/a"));
        var metrics = await cluster.Client.GetStringAsync(new Uri(cluster.Edge.AdminEndpoint, "/metrics"), Token);
        foreach (var name in new[] { "edgecache_edge_requests_total", "edgecache_edge_first_byte_seconds", "edgecache_edge_fills_started", "edgecache_edge_feed_live" })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_edge_that_never_heard_its_feeds_is_not_ready()
    {
        using var directory = new TempDirectory();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Edge:S3Url"] = "http://127.0.0.1:0",
            ["Edge:AdminUrl"] = "http://127.0.0.1:0",
            ["Edge:DataDirectory"] = directory.Path,
            ["Edge:CacheSize"] = "256MiB",
            ["Edge:ClusterSecret"] = EdgeCluster.Secret,
            ["Edge:ControlPlaneAdminUrl"] = "http://127.0.0.1:1",
            ["Edge:Regions:0:Name"] = "ORD1",
            ["Edge:Regions:0:S3Url"] = "http://127.0.0.1:1",
            ["Edge:Regions:0:AdminUrl"] = "http://127.0.0.1:1",
            ["Edge:StartupPatience"] = "00:00:00",
            ["Logging:LogLevel:Default"] = "None",
        }).Build();
        var endpoints = directory.Combine("endpoints.json");
        await using (var edge = await EdgeServer.StartAsync(configuration, Token))
        {
            using var client = new HttpClient();
            using var response = await client.GetAsync(new Uri(edge.AdminEndpoint, "/readyz"), Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains("never heard", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            using var written = JsonDocument.Parse(await File.ReadAllTextAsync(endpoints, Token));
            Assert.Equal(edge.S3Endpoint.GetLeftPart(UriPartial.Authority), written.RootElement.GetProperty("s3").GetString());
        }

        Assert.False(File.Exists(endpoints));
    }

    private static async Task<HttpStatusCode> StatusAsync(EdgeCluster cluster, string path)
    {
        using var response = await cluster.Client.GetAsync(new Uri(cluster.Edge.AdminEndpoint, path), Token);
        return response.StatusCode;
    }
}
