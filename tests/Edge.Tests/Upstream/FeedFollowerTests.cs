using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Upstream;

/// <summary>What the feed's connections may do to its frames: whatever it is, no frame vouches for more than it was made with.</summary>
public sealed class FeedFollowerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frame_that_was_long_on_its_way_does_not_make_the_feed_live()
    {
        await using var cluster = await StartAsync();
        var feed = cluster.Ord.Feed;
        feed.Hold();
        feed.Publish(ChangeKind.ObjectChanged, EdgeCluster.Bucket, "another"); // arrives alone, before the record of the overwrite
        Put(cluster, 2);
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        var stream = cluster.Stream(cluster.Ord);
        var arriving = stream.WaitForAsync(feed.Position - 1, TimeSpan.FromHours(1), Token);
        feed.Release(1);
        await arriving;
        Assert.False(stream.IsLive);
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));

        feed.Heartbeat();
        feed.Release(2);
        await WaitUntilAsync(() => stream.IsLive);
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));
    }

    [Fact]
    public async Task A_feed_that_still_catches_up_is_not_live()
    {
        await using var cluster = await StartAsync();
        var feed = cluster.Ord.Feed;
        var stream = cluster.Stream(cluster.Ord);
        feed.Complete(false);
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        var position = feed.Publish(ChangeKind.ObjectChanged, EdgeCluster.Bucket, "another");
        await stream.WaitForAsync(position, TimeSpan.FromHours(1), Token);
        Assert.False(stream.IsLive);
        var questions = cluster.Ord.ResolveQuestions;
        await cluster.ReadAsync("a");
        Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
        feed.Complete(true);
        feed.Heartbeat();
        await WaitUntilAsync(() => stream.IsLive);
        await cluster.ReadAsync("a");
        Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
    }

    [Fact]
    public async Task An_old_connection_is_replaced_while_it_still_serves()
    {
        await using var cluster = await StartAsync();
        var feed = cluster.Ord.Feed;
        var stream = cluster.Stream(cluster.Ord);
        var subscriptions = feed.SubscriptionCount;
        var step = FeedFrame.StaleAfter; // short enough that the connection is not given up for silence on the way
        for (var age = step; age <= FeedClock.MaxAge; age += step)
        {
            cluster.Time.Advance(step);
            feed.Heartbeat();
            await WaitUntilAsync(() => stream.IsLive);
        }

        while (feed.SubscriptionCount == subscriptions)
        {
            feed.Heartbeat();
            await Task.Delay(1, Token);
        }

        Assert.Equal(("epoch-1", feed.Position), feed.Subscriptions[^1]);
        await WaitUntilAsync(() =>
        {
            feed.Heartbeat();
            return feed.SubscriberCount == 1;
        });
        Assert.True(stream.IsLive);
        Put(cluster, 2);
        await cluster.CaughtUpAsync();
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));
    }

    [Fact]
    public async Task A_connection_whose_subscription_was_slow_is_replaced_by_a_better_one()
    {
        await using var cluster = await StartAsync();
        var feed = cluster.Ord.Feed;
        var gate = new TaskCompletionSource();
        feed.Gate = gate.Task;
        var restarting = cluster.RestartEdgeAsync();
        await WaitUntilAsync(() => feed.Arriving == 1);
        cluster.Time.Advance(TimeSpan.FromSeconds(2)); // on its way for long
        gate.SetResult();
        await restarting;
        var stream = cluster.Stream(cluster.Ord);
        feed.Heartbeat();
        await WaitUntilAsync(() => stream.Lag < TimeSpan.FromSeconds(4));
        Assert.False(stream.IsLive);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await WaitUntilAsync(() =>
        {
            feed.Heartbeat();
            return stream.IsLive;
        });
    }

    private static async Task<EdgeCluster> StartAsync()
    {
        var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.CaughtUpAsync();
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await cluster.ReadAsync("a")));
        return cluster;
    }

    private static void Put(EdgeCluster cluster, int seed) => cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(seed, 1000));

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Token);
        }
    }
}
