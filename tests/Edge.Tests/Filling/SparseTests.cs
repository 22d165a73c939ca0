using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Filling;

/// <summary>What small ranges of cold objects move.</summary>
public sealed class SparseTests
{
    private const int Seed = 3;
    private const int Block = ChunkGeometry.BlockSize;
    private const int Chunk = ChunkGeometry.PayloadSize;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10, 8, 0, Block - 1)]
    [InlineData(Block - 1, 2, 0, (2 * Block) - 1)]
    [InlineData((5 * Block) + 17, 200_000, 5 * Block, (9 * Block) - 1)]
    [InlineData(Chunk - 3, 3, 63 * Block, Chunk - 1)]
    [InlineData((2 * Chunk) + 299_990, 10, (2 * Chunk) + (4 * Block), (2 * Chunk) + 299_999)]
    [InlineData(100_000, 1 << 20, Block, (18 * Block) - 1)]
    public async Task A_small_range_moves_the_blocks_that_it_touches(long from, int length, long firstByte, long lastByte)
    {
        await using var cluster = await StartAsync((2 * Chunk) + 300_000);
        await ReadAsync(cluster, from, length);
        await ObjectReadTests.StoredAsync(cluster);
        var range = Assert.Single(cluster.Ord.Ranges);
        Assert.Equal((firstByte, lastByte), (range.From, range.To));
        using var again = await cluster.GetAsync("a", $"bytes={from}-{from + length - 1}");
        Assert.Equal("LGA1; hit", again.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, from, await again.Content.ReadAsByteArrayAsync(Token)));
        Assert.Single(cluster.Ord.Ranges);
    }

    [Fact]
    public async Task A_range_over_the_border_of_two_chunks_moves_blocks_of_both_at_once()
    {
        await using var cluster = await StartAsync(2 * Chunk);
        var gate = new TaskCompletionSource();
        cluster.Ord.OnRange = async (_, _) =>
        {
            await gate.Task;
            return false;
        };
        var read = ReadAsync(cluster, Chunk - 100, 200);
        await UntilAsync(() => cluster.Ord.Ranges.Count == 2);
        gate.SetResult();
        await read;
        Assert.Equal(
            [(63L * Block, Chunk - 1L), (Chunk, Chunk + Block - 1L)], cluster.Ord.Ranges.Select(static r => (r.From, r.To)).Order());
    }

    [Fact]
    public async Task Only_gaps_are_fetched_one_request_for_each()
    {
        await using var cluster = await StartAsync(Chunk);
        await ReadAsync(cluster, 20 * Block, 1);
        await ReadAsync(cluster, 22 * Block, 2 * Block);
        await ObjectReadTests.StoredAsync(cluster);
        cluster.Ord.Ranges.Clear();
        using var partial = await cluster.GetAsync("a", $"bytes={19 * Block}-{(26 * Block) - 1}");
        Assert.Equal("LGA1; fwd=partial; stored; detail=cold", partial.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 19 * Block, await partial.Content.ReadAsByteArrayAsync(Token)));
        Assert.Equal(
            [(19L * Block, (20L * Block) - 1), (21L * Block, (22L * Block) - 1), (24L * Block, (26L * Block) - 1)],
            cluster.Ord.Ranges.Select(static r => (r.From, r.To)).Order());
    }

    [Fact]
    public async Task A_small_object_is_one_block()
    {
        await using var cluster = await StartAsync(1000);
        await ReadAsync(cluster, 100, 10);
        await ObjectReadTests.StoredAsync(cluster);
        using var whole = await cluster.GetAsync("a");
        Assert.Equal("LGA1; hit", whole.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await whole.Content.ReadAsByteArrayAsync(Token)));
        Assert.Equal((0L, 999L), cluster.Ord.Ranges.Select(static r => (r.From, r.To)).Single());
        Assert.Equal(0, cluster.Edge.Parts.Store.Statistics.LiveChunks);
    }

    [Fact]
    public async Task Of_a_chunk_of_which_a_quarter_was_fetched_singly_the_rest_is_fetched_in_the_background()
    {
        await using var cluster = await StartAsync(2 * Chunk);
        for (var block = 0; block < 15; block++)
        {
            await ReadAsync(cluster, (block * 3L * Block) + 5, 10);
        }

        await ObjectReadTests.StoredAsync(cluster);
        Assert.Equal(15 * Block, Fetched(cluster));
        await ReadAsync(cluster, 60 * Block, 10);
        await UntilAsync(() => Fetched(cluster) == Chunk);
        await ObjectReadTests.StoredAsync(cluster);
        AssertFetchedOnce(cluster);
        Assert.Equal(1, cluster.Edge.Parts.Store.Statistics.LiveChunks);
        using var hit = await cluster.GetAsync("a", $"bytes=0-{Chunk - 1}");
        Assert.Equal("LGA1; hit", hit.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await hit.Content.ReadAsByteArrayAsync(Token)));
    }

    [Fact]
    public async Task A_whole_chunk_takes_the_blocks_that_are_there_or_on_their_way_and_fetches_the_rest()
    {
        await using var cluster = await StartAsync(Chunk);
        await ReadAsync(cluster, 2 * Block, Block);
        await ObjectReadTests.StoredAsync(cluster);
        var gate = new TaskCompletionSource();
        cluster.Ord.OnRange = async (context, range) =>
        {
            if (range.From != 10 * Block)
            {
                return false;
            }

            await cluster.Ord.SendAsync(context, range, limit: 1000);
            await gate.Task;
            await cluster.Ord.SendAsync(context, range with { From = range.From + 1000 });
            return true;
        };
        var small = ReadAsync(cluster, 10 * Block, 2 * Block);
        await UntilAsync(() => cluster.Ord.Ranges.Count == 2);
        using var whole = await cluster.GetAsync("a");
        var stream = await whole.Content.ReadAsStreamAsync(Token);

        // What the small range's source holds back holds back the whole from there only.
        var early = new byte[(10 * Block) + 1000];
        await stream.ReadExactlyAsync(early, Token);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, early));
        Assert.Equal(4, cluster.Ord.Ranges.Count);
        gate.SetResult();
        var late = new byte[Chunk - early.Length];
        await stream.ReadExactlyAsync(late, Token);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, early.Length, late));
        await small;
        AssertFetchedOnce(cluster);
        Assert.Equal(Chunk, Fetched(cluster));
    }

    [Fact]
    public async Task A_run_that_waits_in_the_queue_gives_way_to_the_whole_chunk_and_its_readers_are_served()
    {
        await using var cluster = await StartAsync(Chunk, static s => (s["Edge:Fill:MaxActive"], s["Edge:Fill:MaxHeadstarts"]) = ("1", "0"));
        cluster.Ord.Put(EdgeCluster.Bucket, "other", ByteStreams.Content(1, 100_000));
        await cluster.CaughtUpAsync();
        var gate = new TaskCompletionSource();
        cluster.Ord.OnRange = async (_, _) =>
        {
            await gate.Task;
            return false;
        };
        var other = cluster.ReadAsync("other");
        await UntilAsync(() => cluster.Ord.Ranges.Count == 1);

        // Both wait for the only slot. The whole chunk goes first, as its organization had nothing yet; it must not wait for the run, which waits for it.
        var small = ReadAsync(cluster, 10, 10);
        await UntilAsync(() => cluster.Edge.Parts.Budgets.FromRegions.Queued(FillPriority.Foreground) == 1);
        var warm = cluster.Edge.Parts.Fills.EnsureAsync(
            new FillTarget(Facts, cluster.Edge.Parts.Regions.Default, "another", FillPriority.Foreground), new ChunkId(Facts.Generation, 0), Token);
        await UntilAsync(() => cluster.Edge.Parts.Budgets.FromRegions.Queued(FillPriority.Foreground) == 2);
        gate.SetResult();
        await Task.WhenAll(other, small);
        Assert.True(await warm);
        Assert.Equal([(0L, 99_999L), (0L, Chunk - 1L)], cluster.Ord.Ranges.Select(static r => (r.From, r.To)));
    }

    [Fact]
    public async Task Sixty_four_clients_of_any_ranges_cost_each_byte_once()
    {
        const int seed = 20261122;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        const int size = (3 * Chunk) + 123_456;
        await using var cluster = await StartAsync(size);
        var random = new Random(seed);
        using var start = new SemaphoreSlim(0);
        cluster.Ord.OnRange = async (context, range) =>
        {
            await start.WaitAsync(context.RequestAborted);
            start.Release();
            var half = (int)(range.To - range.From + 1) / 2;
            await cluster.Ord.SendAsync(context, range, limit: half);
            await Task.Yield();
            await cluster.Ord.SendAsync(context, range with { From = range.From + half });
            return true;
        };
        var readers = Enumerable.Range(0, 64).Select(_ =>
        {
            var length = 1 + random.Next(1 << random.Next(1, 23));
            var from = random.Next(size - length);
            return (from, length);
        }).Select(r => ReadAsync(cluster, r.from, r.length)).ToArray();
        await UntilAsync(() => cluster.Ord.Ranges.Count > 8);
        start.Release();
        await Task.WhenAll(readers);
        await ObjectReadTests.StoredAsync(cluster);
        AssertFetchedOnce(cluster);
        Assert.Equal(0, cluster.Edge.Parts.Buffers.Outstanding);
    }

    [Fact]
    public async Task A_parquet_readers_footers_and_scattered_reads_move_little_more_than_they_read()
    {
        const int seed = 42;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        const long size = 256_000_000;
        const int files = 4;
        const int scattered = 12;
        await using var cluster = await EdgeCluster.StartAsync(static s => s["Edge:CacheSize"] = "2GiB");
        for (var file = 0; file < files; file++)
        {
            cluster.Ord.PutSeeded(EdgeCluster.Bucket, $"{file}.parquet", file, size);
        }

        await cluster.CaughtUpAsync();
        var random = new Random(seed);
        long read = 0;
        for (var file = 0; file < files; file++)
        {
            await ReadPartAsync(file, size - 8, 8);
            await ReadPartAsync(file, size - 100_000, 100_000);
            for (var i = 0; i < scattered; i++)
            {
                await ReadPartAsync(file, random.NextInt64(size - (1 << 20)), 1 << 20);
            }
        }

        await ObjectReadTests.StoredAsync(cluster);
        var amplification = (double)Fetched(cluster) / read;
        TestContext.Current.SendDiagnosticMessage("read {0}, fetched {1}: {2:F3}", read, Fetched(cluster), amplification);
        Assert.InRange(amplification, 0.9, 1.3);

        async Task ReadPartAsync(int file, long from, int length)
        {
            read += length;
            var bytes = await cluster.ReadAsync($"{file}.parquet", $"bytes={from}-{from + length - 1}");
            Assert.Equal(length, bytes.Length);
            Assert.Equal(-1, ByteStreams.FirstDifference(file, from, bytes));
        }
    }

    [Fact]
    public void Blocks_are_counted_until_a_quarter_or_seven_eighths()
    {
        var census = new BlockCensus();
        var id = new ChunkId(new Generation(1, 1), 0);
        Assert.False(Note(0, 14, single: true));
        Assert.False(Note(0, 14, single: true));
        Assert.True(Note(20, 20, single: true));
        Assert.False(Note(21, 21, single: true));
        var other = new ChunkId(new Generation(1, 2), 0);
        Assert.False(census.Note(other, FillExtent.Run(0, Chunk, 0, 40), single: false, 64));
        Assert.True(census.Note(other, FillExtent.Run(0, Chunk, 30, 55), single: false, 64));

        bool Note(int first, int last, bool single) => census.Note(id, FillExtent.Run(0, Chunk, first, last), single, 64);
    }

    private VersionFacts Facts { get; set; } = null!;

    private async Task<EdgeCluster> StartAsync(long size, Action<Dictionary<string, string?>>? configure = null)
    {
        var cluster = await EdgeCluster.StartAsync(configure);
        Facts = cluster.Ord.PutSeeded(EdgeCluster.Bucket, "a", Seed, size);
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static async Task ReadAsync(EdgeCluster cluster, long from, int length)
    {
        var bytes = await cluster.ReadAsync("a", $"bytes={from}-{from + length - 1}");
        Assert.Equal(length, bytes.Length);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, from, bytes));
    }

    private static long Fetched(EdgeCluster cluster) => cluster.Ord.Ranges.Sum(static r => r.To - r.From + 1);

    private static void AssertFetchedOnce(EdgeCluster cluster)
    {
        long end = 0;
        foreach (var range in cluster.Ord.Ranges.OrderBy(static r => r.From))
        {
            Assert.True(range.From >= end, $"{range.From} was fetched before");
            end = range.To + 1;
        }
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
