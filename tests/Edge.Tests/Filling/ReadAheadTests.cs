using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Filling;

/// <summary>What a sequential read has fetched ahead, seen from an origin that answers when the test lets it.</summary>
public sealed class ReadAheadTests
{
    private const int Seed = 5;
    private const int Chunk = ChunkGeometry.PayloadSize;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_plain_get_has_more_and_more_chunks_under_way_while_it_waits_up_to_the_bound()
    {
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:Fill:MaxReadAhead"] = "40MiB");
        const int chunks = 20;
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, chunks * Chunk));
        await cluster.CaughtUpAsync();
        var gates = Enumerable.Range(0, chunks).Select(static _ => new TaskCompletionSource()).ToArray();
        cluster.Ord.OnRange = async (_, range) =>
        {
            await gates[range.From / Chunk].Task;
            return false;
        };
        var reading = cluster.ReadAsync("a");

        // The one that it waits for and 4 more; then 8; then the 10 that 40 MiB hold.
        var expected = new[] { 1 + 4, 2 + 8, 3 + 10, 4 + 10 };
        for (var chunk = 0; chunk < expected.Length; chunk++)
        {
            await UntilAsync(() => cluster.Ord.Ranges.Count >= expected[chunk]);
            Assert.Equal(expected[chunk], cluster.Ord.Ranges.Count);
            Assert.Equal(expected[chunk], cluster.Ord.Ranges.Max(static r => r.From) / Chunk + 1);
            gates[chunk].SetResult();
        }

        foreach (var gate in gates.Skip(expected.Length))
        {
            gate.SetResult();
        }

        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await reading));
        Assert.Equal(chunks, cluster.Ord.Ranges.Count);
    }

    [Fact]
    public async Task Ranges_that_follow_each_other_are_one_sequential_read_until_a_seek()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        const int chunks = 24;
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, chunks * Chunk));
        await cluster.CaughtUpAsync();

        // Whatever is read alone moves its own chunks only.
        await ReadChunksAsync(cluster, 0, 2);
        Assert.Equal(2, await FetchedAsync(cluster));

        // What goes on from there is taken to go on as far again as it came.
        await ReadChunksAsync(cluster, 2, 2);
        Assert.Equal(2 + 2 + 2, await FetchedAsync(cluster));
        await ReadChunksAsync(cluster, 4, 2);
        Assert.InRange(await FetchedAsync(cluster), 6 + 4, 6 + 4);

        // Elsewhere it is alone again.
        await ReadChunksAsync(cluster, 18, 2);
        Assert.Equal(10 + 2, await FetchedAsync(cluster));
    }

    [Fact]
    public void A_pattern_ends_with_a_seek_another_reader_or_another_object()
    {
        var patterns = new ReadPatterns();
        var a = new Generation(1, 1);
        Assert.Equal(default, patterns.Begin(a, 1, 0, 100));
        patterns.Keep(a, 1, 100, 7);
        Assert.Equal(new ReadPattern(100, 7), patterns.Begin(a, 1, 100, 50));
        Assert.Equal(new ReadPattern(150, 7), patterns.Begin(a, 1, 150, 50));
        Assert.Equal(default, patterns.Begin(a, 2, 200, 50));
        Assert.Equal(default, patterns.Begin(new Generation(1, 2), 1, 200, 50));
        Assert.Equal(new ReadPattern(200, 7), patterns.Begin(a, 1, 200, 50));
        Assert.Equal(default, patterns.Begin(a, 1, 0, 50));
        patterns.Keep(a, 1, 250, 9);
        Assert.Equal(new ReadPattern(50, 0), patterns.Begin(a, 1, 50, 50));
    }

    private static async Task ReadChunksAsync(EdgeCluster cluster, int first, int count)
    {
        var from = (long)first * Chunk;
        var bytes = await cluster.ReadAsync("a", $"bytes={from}-{from + ((long)count * Chunk) - 1}");
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, from, bytes));
    }

    // What was begun for later has been asked for once the fills have ended.
    private static async Task<int> FetchedAsync(EdgeCluster cluster)
    {
        await UntilAsync(() => cluster.Edge.Parts.Fills.Count == 0);
        return cluster.Ord.Ranges.Count;
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
