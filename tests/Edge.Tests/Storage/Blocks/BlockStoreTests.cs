using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Blocks;

public sealed class BlockStoreTests : IDisposable
{
    private const int Seed = 17;
    private const long Capacity = BlockStoreOptions.MinimumCapacity;

    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Blocks_of_every_length_are_read_back_and_again_after_a_restart()
    {
        int[] lengths = [1, 63, 64, 65, 1024, 65_535, 65_536];
        await using (var store = TestBlocks.Open(_directory.Path))
        {
            for (var number = 0; number < lengths.Length; number++)
            {
                Assert.False(await store.VerifyAsync(Seed, number, lengths[number]));
                await store.AppendAsync(Seed, number, lengths[number]);
                Assert.True(await store.VerifyAsync(Seed, number, lengths[number]));
                Assert.Equal(lengths[number], store.LengthOf(TestBlocks.Key(Seed, number)));
            }
        }

        await using var again = TestBlocks.Open(_directory.Path);
        for (var number = 0; number < lengths.Length; number++)
            Assert.True(await again.VerifyAsync(Seed, number, lengths[number]), $"length {lengths[number]}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(4096)]
    public async Task A_segment_that_a_kill_left_without_a_head_costs_nothing(int zeros)
    {
        await using (var store = TestBlocks.Open(_directory.Path))
            await store.AppendAsync(Seed, 1, 1000);
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, $"{BlockStoreContext.FileName}.2"), new byte[zeros], Cancellation);
        await using var again = TestBlocks.Open(_directory.Path);
        Assert.True(await again.VerifyAsync(Seed, 1, 1000));
        await again.AppendAsync(Seed, 2, 1000);
        Assert.True(await again.VerifyAsync(Seed, 2, 1000));
    }

    [Fact]
    public async Task A_run_of_blocks_is_stored_block_by_block_and_the_last_may_be_short()
    {
        await using var store = TestBlocks.Open(_directory.Path);
        var chunk = TestChunks.Id(Seed, 1);
        var bytes = TestChunks.Bytes(Seed, 1, (2 * ChunkGeometry.BlockSize) + 100);
        Assert.Equal(AppendOutcome.Stored, await store.AppendAsync(chunk, 5, bytes, 0, default, Cancellation));

        Assert.False(store.Contains(new BlockKey(chunk, 4)));
        Assert.False(store.Contains(new BlockKey(chunk, 8)));
        var read = new byte[ChunkGeometry.BlockSize];
        Assert.Equal(100, await store.ReadAsync(new BlockKey(chunk, 7), 1, read, Cancellation));
        Assert.Equal(bytes[^100..], read[..100]);
        Assert.Equal(ChunkGeometry.BlockSize, await store.ReadAsync(new BlockKey(chunk, 6), 1, read, Cancellation));
        Assert.Equal(bytes[ChunkGeometry.BlockSize..(2 * ChunkGeometry.BlockSize)], read);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.ReadAsync(new BlockKey(chunk, 6), 1, new byte[10], Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.AppendAsync(chunk, 62, bytes, 0, default, Cancellation));
    }

    [Fact]
    public async Task A_small_object_costs_its_bytes_and_little_more()
    {
        const int Objects = 2000, Length = 1024;
        await using (var store = TestBlocks.Open(_directory.Path))
        {
            await Task.WhenAll(Enumerable.Range(0, Objects).Select(number => store.AppendAsync(Seed, number, Length)));
            Assert.Equal(Objects, store.State.LiveBlocks);
        }

        Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), Objects * Length, (long)(Objects * Length * 1.1));
    }

    [Fact]
    public async Task The_disk_stays_within_its_budget_and_the_newest_blocks_are_there()
    {
        const int Length = 20_000, Blocks = 4000;
        await using var store = TestBlocks.Open(_directory.Path);
        for (var number = 0; number < Blocks; number += 8)
        {
            await Task.WhenAll(Enumerable.Range(number, 8).Select(each => store.AppendAsync(Seed, each, Length)));
            Assert.InRange(store.State.DiskBytes, 1, Capacity);
            Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Capacity);
        }

        var present = 0;
        while (present < Blocks && await store.VerifyAsync(Seed, Blocks - 1 - present, Length))
            present++;

        // Between two and three of four segments are full, and only the newest blocks are in them.
        Assert.InRange(present, 2 * (1 << 20) / (Length + 128), Capacity / Length);
        Assert.Equal(present, store.State.LiveBlocks);
    }

    [Fact]
    public async Task What_two_readers_want_outlives_a_scan_and_no_more_of_it_than_half_a_segment_at_once()
    {
        const int Length = 4000, Wanted = 60, Scanned = 4000;
        var metrics = TestBlocks.Metrics();
        await using var store = TestBlocks.Open(TestBlocks.Options(_directory.Path), metrics: metrics);
        for (var number = 0; number < Wanted; number++)
            await store.AppendAsync(Seed, number, Length);
        for (var number = Wanted; number < Wanted + Scanned; number++)
        {
            await store.AppendAsync(Seed, number, Length);
            if (number % 50 == 0)
            {
                for (var wanted = 0; wanted < Wanted; wanted++)
                    Assert.True(await store.VerifyAsync(Seed, wanted, Length, (byte)(number / 50)), $"block {wanted} after {number}");
            }
        }

        var all = metrics.AddTo(store.State);
        Assert.InRange(all.RewrittenBytes, Wanted * Length, all.EvictedSegments * (1 << 19));
        Assert.True(all.EvictedSegments > 10, $"{all}");
        Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Capacity);
    }

    [Fact]
    public async Task What_was_dropped_for_good_stays_gone_after_a_restart_and_can_be_stored_again()
    {
        var chunk = TestChunks.Id(Seed, 1);
        var bytes = TestChunks.Bytes(Seed, 1, 3 * ChunkGeometry.BlockSize);
        await using (var store = TestBlocks.Open(_directory.Path))
        {
            await store.AppendAsync(chunk, 0, bytes, 0, default, Cancellation);
            await store.AppendAsync(Seed, 2, 100);
            Assert.Equal(3, store.Drop(chunk, bytes.Length));
            Assert.Equal(0, store.Drop(chunk, bytes.Length));
            Assert.Equal(AppendOutcome.Stored, await store.AppendAsync(chunk, 1, bytes.AsMemory(0, 10), 0, default, Cancellation));
        }

        await using var again = TestBlocks.Open(_directory.Path);
        Assert.Equal([0, 10, 0], Enumerable.Range(0, 3).Select(block => again.LengthOf(new BlockKey(chunk, block))));
        Assert.True(await again.VerifyAsync(Seed, 2, 100));
    }

    [Fact]
    public async Task A_start_applies_what_was_stored_dropped_and_stored_again_in_whatever_segments_it_lies()
    {
        const long Large = 32 << 20;
        const int Kept = 1, Gone = 2, Back = 3;
        var filler = 100;
        await using (var store = TestBlocks.Open(_directory.Path, Large))
        {
            await store.AppendAsync(Seed, Kept, 500);
            await store.AppendAsync(Seed, Gone, 500);
            await store.AppendAsync(Seed, Back, 500);
            await FillAsync(store);
            Drop(store, Gone);
            Drop(store, Back);
            await FillAsync(store);
            await store.AppendAsync(Seed, Back, 500);
            await FillAsync(store);
        }

        Assert.True(Directory.GetFiles(_directory.Path).Length > 4);
        for (var start = 0; start < 3; start++)
        {
            await using var again = TestBlocks.Open(_directory.Path, Large);
            Assert.True(await again.VerifyAsync(Seed, Kept, 500));
            Assert.False(again.Contains(TestBlocks.Key(Seed, Gone)));
            Assert.True(await again.VerifyAsync(Seed, Back, 500));
            Assert.Equal(filler - 100 + 2, again.State.LiveBlocks);
        }

        async Task FillAsync(BlockStore store)
        {
            for (var end = filler + 60; filler < end; filler++)
                await store.AppendAsync(Seed, filler, ChunkGeometry.BlockSize);
        }

        static void Drop(BlockStore store, int number) => Assert.Equal(1, store.Drop(TestBlocks.Key(Seed, number).Chunk, 3 * ChunkGeometry.BlockSize));
    }

    [Fact]
    public async Task A_full_store_over_its_write_budget_takes_what_is_wanted_again_only()
    {
        const int Length = 60_000;
        var time = new ManualTimeProvider();
        var metrics = TestBlocks.Metrics();
        var policy = new EvictionPolicy(new GhostTable(1024), new WriteBudget(1, Capacity, time));
        await using var store = BlockStore.Open(
            TestBlocks.Options(_directory.Path), TestBlocks.Retention(policy), metrics, time, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var number = 0;
        while (await store.TryAppendAsync(Seed, number, Length) == AppendOutcome.Stored)
            Assert.True(++number < 1000, "the budget of a full store ends");

        Assert.Equal(1, metrics.AddTo(store.State).NotAdmittedBlocks);
        Assert.Equal(AppendOutcome.Stored, await store.TryAppendAsync(Seed, number, Length));
        Assert.Equal(AppendOutcome.NotAdmitted, await store.TryAppendAsync(Seed, number + 1, Length));
    }
}
