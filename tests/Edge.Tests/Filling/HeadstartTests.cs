using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Filling;

/// <summary>First bytes that are asked for beside the question which version a key names.</summary>
public sealed class HeadstartTests
{
    private const int Size = 300_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 0, Size)]
    [InlineData("bytes=100-199", 100, 100)]
    [InlineData("bytes=0-", 0, Size)]
    [InlineData("bytes=70000-79999", 70_000, 10_000)]
    public async Task A_key_that_is_new_here_costs_one_round_trip(string? range, int from, int length)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, Size));
        await cluster.CaughtUpAsync();

        // The version is not told before the origin was asked for bytes.
        cluster.Ord.OnResolved = () => UntilAsync(() => !cluster.Ord.Ranges.IsEmpty);
        var bytes = await cluster.ReadAsync("a", range);
        Assert.Equal(length, bytes.Length);
        Assert.Equal(-1, ByteStreams.FirstDifference(1, from, bytes));
        await ObjectReadTests.StoredAsync(cluster);
        Assert.Single(cluster.Ord.Ranges);
        Assert.Equal(1, cluster.Edge.Parts.Headstarts.Taken);
        await UntilAsync(() => cluster.Edge.Parts.Headstarts.Count == 0);
    }

    [Theory]
    [InlineData("bytes=-100", Size - 100)]
    [InlineData("bytes=70000-", 70_000)]
    public async Task A_range_that_can_not_be_placed_without_the_size_waits_for_it(string range, int from)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, Size));
        await cluster.CaughtUpAsync();
        var bytes = await cluster.ReadAsync("a", range);
        Assert.Equal(Size - from, bytes.Length);
        Assert.Equal(-1, ByteStreams.FirstDifference(1, from, bytes));
        Assert.Contains(cluster.Ord.Ranges, r => r.From == from / 65_536 * 65_536);
        Assert.Equal(0, cluster.Edge.Parts.Headstarts.Taken);
    }

    [Fact]
    public async Task Bytes_of_another_version_than_the_one_that_is_read_are_not_used()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, Size));
        await cluster.CaughtUpAsync();
        var asked = 0;
        cluster.Ord.OnResolved = async () =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                await UntilAsync(() => !cluster.Ord.Ranges.IsEmpty);
                cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(2, Size));
                await cluster.CaughtUpAsync();
            }
        };
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await cluster.ReadAsync("a")));
        Assert.Equal(2, cluster.Ord.Ranges.Select(static r => r.Generation).Distinct().Count());
        Assert.Equal(0, cluster.Edge.Parts.Headstarts.Taken);
    }

    [Fact]
    public async Task Who_is_not_of_the_buckets_organization_has_nothing_asked_for_before_the_decision()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, Size));
        await cluster.CaughtUpAsync();
        var request = cluster.Unsigned(HttpMethod.Get, "/models/a");
        cluster.OtherSigner.Sign(request);
        using var refused = await cluster.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Empty(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task What_is_not_there_or_not_to_be_sent_leaves_nothing_behind()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "empty", []);
        await cluster.CaughtUpAsync();
        using var absent = await cluster.GetAsync("absent");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Empty(await cluster.ReadAsync("empty"));
        Assert.Equal(0, cluster.Edge.Parts.Headstarts.Count);
        Assert.Equal(0, cluster.Edge.Parts.Headstarts.Taken);
        Assert.Empty(cluster.Ord.Ranges);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
