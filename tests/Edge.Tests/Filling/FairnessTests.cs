using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Filling;

/// <summary>How fills of several organizations share the node, seen from an origin that answers when the test lets it.</summary>
public sealed class FairnessTests
{
    private const int Size = 100_000;
    private const int Greedy = 200;

    // One fetch at a time, none of them before its turn.
    private static readonly Action<Dictionary<string, string?>> OneAtATime = static s => (s["Edge:Fill:MaxActive"], s["Edge:Fill:MaxHeadstarts"]) = ("1", "0");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_organization_with_hundreds_of_queued_fills_does_not_delay_anothers_beyond_a_round()
    {
        await using var cluster = await EdgeCluster.StartAsync(OneAtATime);
        cluster.Ord.AddBucket("theirs", "other");
        cluster.Control.Directory["theirs"] = new("theirs", "ORD1", "other", DateTimeOffset.UnixEpoch, cluster.Control.Feed.Position);
        for (var i = 0; i < Greedy; i++)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"k{i}", ByteStreams.Content(i, Size));
        }

        cluster.Ord.Put("theirs", "x", ByteStreams.Content(1000, Size));
        await cluster.CaughtUpAsync();
        using var turn = new SemaphoreSlim(0);
        cluster.Ord.OnRange = async (context, _) =>
        {
            await turn.WaitAsync(context.RequestAborted);
            return false;
        };
        var greedy = Enumerable.Range(0, Greedy).Select(i => cluster.ReadAsync($"k{i}")).ToArray();
        await UntilAsync(() => cluster.Edge.Parts.Budgets.FromRegions.Queued(FillPriority.Foreground) == Greedy - 1);
        var request = cluster.Unsigned(HttpMethod.Get, "/theirs/x");
        cluster.OtherSigner.Sign(request);
        var modest = cluster.SendAsync(request);
        await UntilAsync(() => cluster.Edge.Parts.Budgets.FromRegions.Queued(FillPriority.Foreground) == Greedy);

        // One was being fetched when the other organization came; its own is the next.
        turn.Release(2);
        using var response = await modest;
        Assert.Equal(-1, ByteStreams.FirstDifference(1000, 0, await response.Content.ReadAsByteArrayAsync(Token)));
        Assert.Equal("x", cluster.Ord.Ranges.ElementAt(1).Key);
        Assert.InRange(cluster.Ord.Ranges.Count, 2, 3);
        turn.Release(Greedy);
        await Task.WhenAll(greedy);
    }

    [Fact]
    public async Task Memory_in_flight_stays_within_the_budget_while_many_readers_wait()
    {
        const long budget = 16 << 20;
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:Fill:MaxBytesInFlight"] = "16MiB");
        const int size = 3 * ChunkGeometry.PayloadSize;
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, size));
        cluster.Ord.Put(EdgeCluster.Bucket, "b", ByteStreams.Content(2, size));
        await cluster.CaughtUpAsync();
        long worst = 0;
        cluster.Ord.OnRange = (_, _) =>
        {
            worst = Math.Max(worst, Math.Max(cluster.Edge.Parts.Budgets.FromRegions.BytesInFlight, cluster.Edge.Parts.Buffers.OutstandingBytes));
            return Task.FromResult(false);
        };
        var reads = Enumerable.Range(0, 16).Select(async i =>
        {
            var bytes = await cluster.ReadAsync(i % 2 == 0 ? "a" : "b");
            Assert.Equal(-1, ByteStreams.FirstDifference(1 + (i % 2), 0, bytes));
        });
        await Task.WhenAll(reads);
        await ObjectReadTests.StoredAsync(cluster);
        Assert.InRange(worst, 1, budget);
        Assert.Equal(0, cluster.Edge.Parts.Buffers.Outstanding);
        await UntilAsync(() => cluster.Edge.Parts.Budgets.FromRegions.BytesInFlight == 0);
    }

    [Fact]
    public async Task A_warm_up_fill_becomes_foreground_when_someone_waits_for_it()
    {
        await using var cluster = await EdgeCluster.StartAsync(OneAtATime);
        var facts = Enumerable.Range(0, 3).Select(i => cluster.Ord.Put(EdgeCluster.Bucket, $"k{i}", ByteStreams.Content(i, Size)).Facts).ToArray();
        await cluster.CaughtUpAsync();
        using var turn = new SemaphoreSlim(0);
        cluster.Ord.OnRange = async (context, _) =>
        {
            await turn.WaitAsync(context.RequestAborted);
            return false;
        };
        var warm = facts.Select(f => cluster.Edge.Parts.Fills.EnsureAsync(
            new FillTarget(f, cluster.Edge.Parts.Regions.Default, EdgeCluster.Organization, FillPriority.WarmUp), new ChunkId(f.Generation, 0), Token)).ToArray();
        await UntilAsync(() => cluster.Ord.Ranges.Count == 1);
        var read = cluster.ReadAsync("k2");
        await UntilAsync(() => cluster.Edge.Parts.Budgets.FromRegions.Queued(FillPriority.Foreground) == 1);
        turn.Release(3);
        Assert.Equal(-1, ByteStreams.FirstDifference(2, 0, await read));
        Assert.All(await Task.WhenAll(warm), Assert.True);
        Assert.Equal(["k0", "k2", "k1"], cluster.Ord.Ranges.Select(static r => r.Key));
        using var hit = await cluster.GetAsync("k1");
        Assert.Equal("HIT", hit.Headers.GetValues("x-cache").Single());
    }

    [Fact]
    public async Task Making_sure_of_a_chunk_says_whether_it_is_there()
    {
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:Fill:MaxAttempts"] = "1");
        var facts = cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, Size)).Facts;
        await cluster.CaughtUpAsync();
        var target = new FillTarget(facts, cluster.Edge.Parts.Regions.Default, EdgeCluster.Organization, FillPriority.WarmUp);
        var id = new ChunkId(facts.Generation, 0);
        cluster.Ord.IsDown = true;
        Assert.False(await cluster.Edge.Parts.Fills.EnsureAsync(target, id, Token));
        cluster.Ord.IsDown = false;
        Assert.True(await cluster.Edge.Parts.Fills.EnsureAsync(target, id, Token));
        Assert.True(await cluster.Edge.Parts.Fills.EnsureAsync(target, id, Token));
        Assert.Equal(2, cluster.Ord.Ranges.Count);
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
