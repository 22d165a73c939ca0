using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Caching;

public sealed class CoherenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_overwrite_elsewhere_is_seen_once_the_feed_tells()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
        Put(cluster, 2);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 2);
        cluster.Ord.Delete(EdgeCluster.Bucket, "a");
        await cluster.CaughtUpAsync();
        using var gone = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Put(cluster, 3);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 3);
    }

    [Fact]
    public async Task An_absent_key_is_remembered_until_the_feed_tells_of_it()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        using (await cluster.GetAsync("a"))
        {
        }

        var questions = cluster.Ord.ResolveQuestions;
        using var again = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(questions, cluster.Ord.ResolveQuestions);
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
    }

    [Fact]
    public async Task A_resolution_that_a_change_overtook_is_neither_served_nor_cached()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        var overtakes = 0;
        cluster.Ord.OnResolved = async () =>
        {
            // The answer in hand is of version 1; before it leaves, version 2 is written and told.
            if (Interlocked.Increment(ref overtakes) == 1)
            {
                var (_, sequence) = Put(cluster, 2);
                await cluster.Stream(cluster.Ord).WaitForAsync(sequence, TimeSpan.FromHours(1), Token);
            }
        };
        await AssertContentAsync(cluster, 2);
        Assert.Equal(2, overtakes);
        await AssertContentAsync(cluster, 2);
        Assert.Equal(2, overtakes);
    }

    // Upload forms may ask to be answered with a redirect.
    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.SeeOther)]
    public async Task A_write_through_this_edge_is_seen_at_once_although_the_feed_lags(HttpStatusCode status)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
        cluster.Ord.OnPassed = (context, body) =>
        {
            var (_, sequence) = cluster.Ord.Put(EdgeCluster.Bucket, "a", body, publish: false);
            context.Response.StatusCode = (int)status;
            context.Response.Headers["x-edgecache-sequence"] = sequence.ToString();
            return Task.CompletedTask;
        };
        var put = cluster.Request(HttpMethod.Put, "/models/a");
        put.Content = new ByteArrayContent(ByteStreams.Content(2, 1000));
        using var answer = await cluster.SendAsync(put);
        Assert.Equal(status, answer.StatusCode);
        Assert.False(answer.Headers.Contains("x-edgecache-sequence"));
        await AssertContentAsync(cluster, 2);
    }

    [Fact]
    public async Task Without_a_live_feed_every_read_asks_and_with_it_none_does()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
        await ObjectReadTests.StoredAsync(cluster);
        cluster.Ord.Feed.Cut();
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(2, 1000), publish: false);
        await AssertContentAsync(cluster, 2);
        var questions = cluster.Ord.ResolveQuestions;
        await AssertContentAsync(cluster, 2);
        Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
    }

    [Fact]
    public async Task Without_the_origin_cached_objects_are_served_marked_stale_and_then_refused()
    {
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:MaxStaleness"] = "00:01:00");
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
        await ObjectReadTests.StoredAsync(cluster);
        cluster.Ord.Feed.Cut();
        cluster.Ord.IsDown = true;
        cluster.Time.Advance(TimeSpan.FromSeconds(30));
        using (var stale = await cluster.GetAsync("a"))
        {
            Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
            Assert.Equal("STALE", stale.Headers.GetValues("x-cache").Single());
            Assert.Equal("LGA1; hit; ttl=-30; detail=origin-unreachable", stale.Headers.GetValues("Cache-Status").Single());
            Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await stale.Content.ReadAsByteArrayAsync(Token)));
        }

        cluster.Time.Advance(TimeSpan.FromSeconds(31));
        using var refused = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
    }

    [Fact]
    public async Task Every_stale_answer_says_so_whatever_else_it_is()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var large = ByteStreams.Content(1, 20 << 20);
        cluster.Ord.Put(EdgeCluster.Bucket, "large", large);
        cluster.Ord.Put(EdgeCluster.Bucket, "cold", ByteStreams.Content(2, 1000));
        cluster.Control.Directory["gone"] = new("gone", "ORD1", EdgeCluster.Organization, DateTimeOffset.UnixEpoch, cluster.Control.Feed.Position);
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("large", "bytes=0-99");
        await ObjectReadTests.StoredAsync(cluster);
        using (await cluster.SendAsync(cluster.Request(HttpMethod.Head, $"/{EdgeCluster.Bucket}/cold")))
        using (await cluster.GetAsync("absent"))
        using (await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/gone/a")))
        {
        }

        // Which version a key names can't be asked, but bytes can still be had.
        cluster.Ord.Feed.Cut();
        cluster.Ord.IsAdminDown = true;
        cluster.Time.Advance(TimeSpan.FromSeconds(10));
        foreach (var (target, status) in new (string, HttpStatusCode)[]
                 {
                     ("/models/large", HttpStatusCode.OK), ("/models/cold", HttpStatusCode.OK), ("/models/absent", HttpStatusCode.NotFound), ("/gone/a", HttpStatusCode.NotFound),
                 })
        {
            using var response = await cluster.SendAsync(cluster.Request(HttpMethod.Get, target));
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("STALE", response.Headers.GetValues("x-cache").Single());
            Assert.EndsWith("; ttl=-10; detail=origin-unreachable", response.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_epoch_voids_all_that_was_cached()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(2, 1000), publish: false);
        cluster.Ord.Feed.StartEpoch("epoch-2");
        while (cluster.Stream(cluster.Ord).Epoch != "epoch-2")
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await AssertContentAsync(cluster, 2);
    }

    [Fact]
    public async Task A_restarted_edge_goes_on_from_its_checkpoint_and_its_cache()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        await AssertContentAsync(cluster, 1);
        await ObjectReadTests.StoredAsync(cluster);
        var position = cluster.Ord.Feed.Position;
        await cluster.RestartEdgeAsync();
        while (cluster.Ord.Feed.SubscriptionCount < 2)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(("epoch-1", position), cluster.Ord.Feed.Subscriptions[^1]);
        using var warm = await cluster.GetAsync("a");
        Assert.Equal("HIT", warm.Headers.GetValues("x-cache").Single());
        Assert.Single(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task A_bucket_that_appears_and_disappears_is_followed()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        using (var before = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/fresh/a")))
        {
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        }

        cluster.AddBucket(cluster.Las, "fresh");
        cluster.Las.Put("fresh", "a", ByteStreams.Content(1, 1000));
        await cluster.CaughtUpAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await KeepControlAliveAsync(cluster);
        using (var after = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/fresh/a")))
        {
            Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        }

        // Deleted there, and created anew in another region: the cached place gives way.
        cluster.Las.RemoveBucket("fresh");
        cluster.AddBucket(cluster.Ord, "fresh");
        cluster.Ord.Put("fresh", "a", ByteStreams.Content(2, 1000));
        await cluster.CaughtUpAsync();
        using var moved = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/fresh/a"));
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await moved.Content.ReadAsByteArrayAsync(Token)));
    }

    private static (Shared.Replication.VersionFacts Facts, long Sequence) Put(EdgeCluster cluster, int seed) =>
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(seed, 1000));

    private static async Task AssertContentAsync(EdgeCluster cluster, int seed) =>
        Assert.Equal(-1, ByteStreams.FirstDifference(seed, 0, await cluster.ReadAsync("a")));

    /// <summary>The clock was moved over all feeds; the control plane's goes on.</summary>
    private static async Task KeepControlAliveAsync(EdgeCluster cluster)
    {
        var control = cluster.Edge.Parts.Streams[0];
        cluster.Control.Feed.Heartbeat();
        await control.WaitForAsync(cluster.Control.Feed.Publish(Shared.Replication.ChangeKind.AccessKeyChanged, "", "nobody"), TimeSpan.FromHours(1), Token);
    }
}
