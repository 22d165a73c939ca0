using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Caching;

/// <summary>Buckets with strong reads: the mapping is asked for on every read, the bytes come from the cache.</summary>
public sealed class StrongReadTests
{
    private const int Readers = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_read_asks_and_takes_the_bytes_from_the_cache()
    {
        await using var cluster = await StartAsync();
        Put(cluster, 1);
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await cluster.ReadAsync("a")));
        await ObjectReadTests.StoredAsync(cluster);
        for (var i = 1; i <= 3; i++)
        {
            var questions = cluster.Ord.ResolveQuestions;
            using var read = await cluster.GetAsync("a", i == 3 ? "bytes=10-19" : null);
            Assert.Equal("LGA1; hit; detail=revalidated:strong", read.Headers.GetValues("Cache-Status").Single());
            Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
        }

        Assert.Single(cluster.Ord.Ranges);
        using var head = await cluster.SendAsync(cluster.Request(HttpMethod.Head, "/models/a"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(5, cluster.Ord.ResolveQuestions);
    }

    [Fact]
    public async Task A_write_is_seen_by_the_next_read_although_the_live_feed_tells_nothing_of_it()
    {
        await using var cluster = await StartAsync();
        Put(cluster, 1);
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await cluster.ReadAsync("a")));
        Put(cluster, 2);
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));
        using var missing = await cluster.GetAsync("b");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        cluster.Ord.Put(EdgeCluster.Bucket, "b", ByteStreams.Content(3, 1000), publish: false);
        Assert.Equal(-1, ByteStreams.FirstDifference(3, 0, await cluster.ReadAsync("b")));
    }

    [Fact]
    public async Task A_read_that_came_after_a_write_is_not_answered_by_a_question_from_before_it()
    {
        await using var cluster = await StartAsync();
        Put(cluster, 1);
        await cluster.ReadAsync("a");
        await ObjectReadTests.StoredAsync(cluster); // so that version 1 can still be read when the region has it no more
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var questions = 0;
        cluster.Ord.OnResolved = () =>
        {
            // The first answer is of version 1 and stays on its way until all others have come.
            if (Interlocked.Increment(ref questions) > 1)
            {
                return Task.CompletedTask;
            }

            asked.SetResult();
            return answer.Task.WaitAsync(Token);
        };
        var first = cluster.ReadAsync("a");
        await asked.Task.WaitAsync(Token);
        Put(cluster, 2);
        var later = Enumerable.Range(0, Readers).Select(_ => cluster.ReadAsync("a")).ToArray();
        answer.SetResult();
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await first));
        Assert.All(await Task.WhenAll(later), static bytes => Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, bytes)));
    }

    [Fact]
    public async Task Without_the_region_the_answer_is_503_and_never_stale()
    {
        await using var cluster = await StartAsync();
        Put(cluster, 1);
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await cluster.ReadAsync("a")));
        await ObjectReadTests.StoredAsync(cluster);
        cluster.Ord.IsDown = true;
        await RefusedAsync(); // the feed is live, and that does not matter
        cluster.Ord.Feed.Cut();
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await RefusedAsync();
        cluster.Ord.IsDown = false;
        Assert.Equal(-1, ByteStreams.FirstDifference(1, 0, await cluster.ReadAsync("a")));
        Assert.Single(cluster.Ord.Ranges);

        async Task RefusedAsync()
        {
            using var refused = await cluster.GetAsync("a");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
            Assert.NotEqual("STALE", refused.Headers.GetValues("x-cache").Single());
        }
    }

    [Fact]
    public async Task The_setting_is_followed_by_the_feed_in_both_directions()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        Put(cluster, 1);
        await cluster.ReadAsync("a");
        var questions = cluster.Ord.ResolveQuestions;
        await cluster.ReadAsync("a");
        Assert.Equal(questions, cluster.Ord.ResolveQuestions);
        await SetAsync(cluster, strong: true);
        await cluster.ReadAsync("a");
        Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
        await SetAsync(cluster, strong: false);
        await cluster.ReadAsync("a");
        Assert.Equal(questions + 1, cluster.Ord.ResolveQuestions);
    }

    private static async Task<EdgeCluster> StartAsync()
    {
        var cluster = await EdgeCluster.StartAsync();
        await SetAsync(cluster, strong: true);
        return cluster;
    }

    private static async Task SetAsync(EdgeCluster cluster, bool strong)
    {
        cluster.Ord.ChangeBucket(EdgeCluster.Bucket, b => b with { StrongReads = strong });
        await cluster.CaughtUpAsync();
    }

    /// <summary>Overwrites the object without a word of the feed.</summary>
    private static void Put(EdgeCluster cluster, int seed) => cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(seed, 1000), publish: false);
}
