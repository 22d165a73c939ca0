using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Pipeline;

/// <summary>Every way in which the cache alone does not do is told by name.</summary>
public sealed class CacheReasonTests
{
    private static readonly byte[] Content = ByteStreams.Content(1, 5_000_000);

    [Fact]
    public async Task Cold_invalidated_and_feed_silent_are_told_apart()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Content);
        await cluster.CaughtUpAsync();
        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=cold", await StatusOfAsync(cluster, "a"));
        Assert.Equal("LGA1; hit", await StatusOfAsync(cluster, "a"));

        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(2, 5_000_000));
        await cluster.CaughtUpAsync();
        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=invalidated", await StatusOfAsync(cluster, "a"));

        cluster.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("LGA1; hit; detail=revalidated:feed-silent", await StatusOfAsync(cluster, "a"));
    }

    [Fact]
    public async Task What_lacks_in_the_middle_is_told_as_partial()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", Content);
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a", "bytes=0-4190207");
        Assert.Equal("LGA1; fwd=partial; stored; detail=cold", await StatusOfAsync(cluster, "a"));
    }

    [Fact]
    public async Task What_gave_way_to_others_is_told_as_evicted()
    {
        await using var cluster = await EdgeCluster.StartAsync(static settings =>
        {
            settings["Edge:CacheSize"] = "64MiB";
            settings["Edge:CacheWritesPerDay"] = "0";
        });
        for (var i = 0; i < 24; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"{i}", Content);
        }

        await cluster.CaughtUpAsync();
        for (var i = 0; i < 24; i++)
        {
            await cluster.ReadAsync($"{i}");
        }

        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=evicted", await StatusOfAsync(cluster, "0"));
    }

    private static async Task<string> StatusOfAsync(EdgeCluster cluster, string key)
    {
        using var response = await cluster.GetAsync(key);
        Assert.Equal(5_000_000, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        return response.Headers.GetValues("Cache-Status").Single();
    }
}
