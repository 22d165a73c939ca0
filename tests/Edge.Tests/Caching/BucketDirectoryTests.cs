using System.Net;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Caching;

public sealed class BucketDirectoryTests
{
    private const int PerSecond = 5;

    [Fact]
    public async Task A_flood_of_made_up_buckets_costs_the_directory_a_fixed_rate_and_known_buckets_nothing()
    {
        await using var cluster = await StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        await cluster.ReadAsync("a");
        var before = cluster.Control.DirectoryQuestions;
        await FloodAsync(0, 60);
        Assert.InRange(cluster.Control.DirectoryQuestions - before, 1, PerSecond * QuestionBudget.BurstSeconds);
        before = cluster.Control.DirectoryQuestions;
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await cluster.CaughtUpAsync();
        await FloodAsync(60, 120);
        Assert.Equal(PerSecond, cluster.Control.DirectoryQuestions - before);

        // Neither a cached place waits behind them, nor a bucket that was found before and has to be asked for again.
        await cluster.ReadAsync("a");
        before = cluster.Control.DirectoryQuestions;
        cluster.Ord.RemoveBucket(EdgeCluster.Bucket);
        cluster.AddBucket(cluster.Las, EdgeCluster.Bucket);
        cluster.Las.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
        Assert.Equal(1, cluster.Control.DirectoryQuestions - before);

        // Signed or not, read or passed on: the name alone is asked for.
        async Task FloodAsync(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var (method, target) = i % 2 == 0 ? (HttpMethod.Get, $"/made-up-{i}/a") : (HttpMethod.Put, $"/made-up-{i}/a");
                using var answer = await cluster.SendAsync(i % 4 < 2 ? cluster.Request(method, target) : cluster.Unsigned(method, target));
                Assert.True(
                    answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable or HttpStatusCode.OK, answer.StatusCode.ToString());
            }
        }
    }

    [Fact]
    public async Task What_is_above_the_rate_is_told_to_come_again_and_is_served_then()
    {
        await using var cluster = await StartAsync();
        for (var i = 0; i < PerSecond * QuestionBudget.BurstSeconds; i++)
        {
            using var missing = await cluster.SendAsync(cluster.Request(HttpMethod.Get, $"/made-up-{i}/a"));
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }

        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 100));
        using var refused = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
    }

    [Fact]
    public async Task An_absence_is_believed_for_a_second()
    {
        await using var cluster = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            using var missing = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/later/a"));
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }

        Assert.Equal(1, cluster.Control.DirectoryQuestions);
        cluster.AddBucket(cluster.Ord, "later");
        cluster.Ord.Put("later", "a", ByteStreams.Content(1, 100));
        cluster.Time.Advance(BucketDirectory.AbsenceLifetime + TimeSpan.FromMilliseconds(1));
        await cluster.CaughtUpAsync();
        using var found = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/later/a"));
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    private static Task<EdgeCluster> StartAsync() => EdgeCluster.StartAsync(static s => s["Edge:UnseenBucketsPerSecond"] = $"{PerSecond}");
}
