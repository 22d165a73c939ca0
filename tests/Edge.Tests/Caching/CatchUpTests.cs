using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Caching;

/// <summary>An edge that was away goes on from where it stopped; where that history is lost, it asks once for what is used.</summary>
public sealed class CatchUpTests
{
    private const int Objects = 40;
    private const int Clients = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edge_that_was_away_for_an_hour_asks_only_for_what_changed()
    {
        await using var cluster = await WarmAsync();
        var position = cluster.Ord.Feed.Position;
        int[] changed = [3, 17, 29];
        await cluster.RestartEdgeAsync(() =>
        {
            foreach (var key in OtherKeys(5_000))
            {
                cluster.Ord.Feed.Publish(ChangeKind.ObjectChanged, EdgeCluster.Bucket, key);
            }

            foreach (var i in changed)
            {
                cluster.Ord.Put(EdgeCluster.Bucket, Name(i), ByteStreams.Content(1000 + i, 1000));
            }

            cluster.Time.Advance(TimeSpan.FromHours(1));
        });
        Assert.Equal(("epoch-1", position), cluster.Ord.Feed.Subscriptions[^1]);
        var (questions, buckets, ranges) = (cluster.Ord.ResolveQuestions, cluster.Ord.BucketQuestions, cluster.Ord.Ranges.Count);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Objects; i++)
            {
                Assert.Equal(-1, ByteStreams.FirstDifference(changed.Contains(i) ? 1000 + i : i, 0, await cluster.ReadAsync(Name(i))));
            }
        }

        Assert.Equal(
            (questions + changed.Length, buckets, ranges + changed.Length), (cluster.Ord.ResolveQuestions, cluster.Ord.BucketQuestions, cluster.Ord.Ranges.Count));
    }

    [Fact]
    public async Task After_an_hour_nothing_is_believed_before_the_feed_has_caught_up()
    {
        await using var cluster = await WarmAsync();
        await cluster.RestartEdgeAsync(() =>
        {
            cluster.Ord.Put(EdgeCluster.Bucket, Name(5), ByteStreams.Content(1005, 1000));
            cluster.Time.Advance(TimeSpan.FromHours(1));
            cluster.Ord.Feed.Complete(false);
        });
        var questions = cluster.Ord.ResolveQuestions;
        await cluster.ReadAsync(Name(0));
        Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_the_history_is_lost_each_object_in_use_costs_one_question_and_no_bytes(bool newEpoch)
    {
        await using var cluster = await WarmAsync();
        var feed = cluster.Ord.Feed;
        await cluster.RestartEdgeAsync(() =>
        {
            feed.Publish(ChangeKind.ObjectChanged, EdgeCluster.Bucket, "another");
            if (newEpoch)
            {
                feed.StartEpoch("epoch-2");
            }
            else
            {
                feed.Trim();
            }
        });
        await ReadByManyAsync(cluster);
    }

    [Fact]
    public async Task A_reset_under_load_is_no_storm_either()
    {
        await using var cluster = await WarmAsync();
        cluster.Ord.Feed.StartEpoch("epoch-2");
        while (cluster.Stream(cluster.Ord).Epoch != "epoch-2")
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await ReadByManyAsync(cluster);
    }

    private static async Task ReadByManyAsync(EdgeCluster cluster)
    {
        var (questions, buckets, ranges) = (cluster.Ord.ResolveQuestions, cluster.Ord.BucketQuestions, cluster.Ord.Ranges.Count);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = 0; i < 2 * Objects; i++)
            {
                // All clients read the same object at about the same time, and each reads each twice.
                var key = i / 2;
                Assert.Equal(-1, ByteStreams.FirstDifference(key, 0, await cluster.ReadAsync(Name(key))));
            }
        }));
        Assert.Equal(Objects, cluster.Ord.ResolveQuestions - questions);
        Assert.Equal(1, cluster.Ord.BucketQuestions - buckets);
        Assert.Equal(ranges, cluster.Ord.Ranges.Count);
        for (var i = 0; i < Objects; i++)
        {
            using var hit = await cluster.GetAsync(Name(i));
            Assert.Equal((HttpStatusCode.OK, "LGA1; hit"), (hit.StatusCode, hit.Headers.GetValues("Cache-Status").Single()));
        }
    }

    private static async Task<EdgeCluster> WarmAsync()
    {
        var cluster = await EdgeCluster.StartAsync();
        for (var i = 0; i < Objects; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, Name(i), ByteStreams.Content(i, 1000));
        }

        await cluster.CaughtUpAsync();
        for (var i = 0; i < Objects; i++)
        {
            await cluster.ReadAsync(Name(i));
        }

        await ObjectReadTests.StoredAsync(cluster);
        return cluster;
    }

    private static string Name(int i) => $"object-{i}";

    /// <summary>Names of other objects, none of which shares its place in the table of changes with one in use: that would cost a question more.</summary>
    private static IEnumerable<string> OtherKeys(int count)
    {
        var taken = Enumerable.Range(0, Objects).Select(static i => ChangeName.Object(EdgeCluster.Bucket, Name(i)))
            .Append(ChangeName.AllObjects(EdgeCluster.Bucket)).Append(ChangeName.Bucket(EdgeCluster.Bucket)).ToHashSet();
        return Enumerable.Range(0, count).Select(static i => $"other-{i}").Where(key => !taken.Contains(ChangeName.Object(EdgeCluster.Bucket, key)));
    }
}
