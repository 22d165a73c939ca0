using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Blocks;

/// <summary>Blocks and chunks of the same objects, in one cache of two drives.</summary>
public sealed class CacheBlocksTests : IDisposable
{
    private const int Seed = 31;
    private const int Size = ChunkGeometry.PayloadSize + 100_000;

    private static readonly Origination By = new("acme", 1, Shared: false);
    private static readonly Generation Object = new(7, 8);

    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Single_blocks_give_way_to_their_chunk_and_both_count_as_resident()
    {
        var bytes = TestChunks.Bytes(Seed, 0, Size);
        await using var cache = await OpenAsync();
        Assert.Equal(0, cache.ResidentBytes(Object, Size));

        // The last two blocks of the second chunk, which is short, and one of the first.
        Assert.True(await cache.AppendBlocksAsync(By, Chunk(1), 0, bytes.AsMemory(ChunkGeometry.PayloadSize), Cancellation));
        Assert.True(await cache.AppendBlocksAsync(By, Chunk(0), 63, bytes.AsMemory(63 * ChunkGeometry.BlockSize, 60 << 10), Cancellation));
        Assert.True(cache.ContainsBlock(Chunk(1), 1));
        Assert.False(cache.ContainsBlock(Chunk(1), 2));
        Assert.False(cache.Contains(Chunk(1)));
        Assert.Equal(100_000 + (60 << 10), cache.ResidentBytes(Object, Size));
        await VerifyBlockAsync(cache, Chunk(0), 63, bytes.AsMemory(63 * ChunkGeometry.BlockSize, 60 << 10));
        await VerifyBlockAsync(cache, Chunk(1), 1, bytes.AsMemory(ChunkGeometry.PayloadSize + ChunkGeometry.BlockSize));
        Assert.Equal(-1, await cache.ReadBlockAsync(Chunk(0), 0, 1, new byte[ChunkGeometry.BlockSize], Cancellation));

        Assert.True(await cache.AppendAsync(By, Chunk(0), bytes.AsMemory(0, ChunkGeometry.PayloadSize), Cancellation));
        Assert.False(cache.ContainsBlock(Chunk(0), 63));
        Assert.True(cache.ContainsBlock(Chunk(1), 0));
        Assert.Equal(Size, cache.ResidentBytes(Object, Size));
        Assert.Equal(2, cache.BlockStatistics.LiveBlocks);
    }

    [Fact]
    public async Task A_purged_object_is_gone_and_stays_so_after_a_restart_while_others_are_found()
    {
        var bytes = TestChunks.Bytes(Seed, 0, Size);
        var other = new ChunkId(new Generation(9, 9), 0);
        await using (var cache = await OpenAsync())
        {
            await cache.AppendAsync(By, Chunk(0), bytes.AsMemory(0, ChunkGeometry.PayloadSize), Cancellation);
            await cache.AppendBlocksAsync(By, Chunk(1), 0, bytes.AsMemory(ChunkGeometry.PayloadSize), Cancellation);
            await cache.AppendBlocksAsync(By, other, 0, bytes.AsMemory(0, 1024), Cancellation);
            Assert.Equal(2, cache.Purge(Object, Size));
            Assert.Equal(0, cache.Purge(Object, Size));
            Assert.Equal(0, cache.ResidentBytes(Object, Size));
        }

        await using var again = await OpenAsync();
        Assert.Equal(0, again.ResidentBytes(Object, Size));
        await VerifyBlockAsync(again, other, 0, bytes.AsMemory(0, 1024));
    }

    [Fact]
    public async Task Blocks_and_chunks_share_the_budget_of_their_drive()
    {
        await using var cache = await OpenAsync();
        for (var number = 0; number < 120; number++)
        {
            var id = TestChunks.Id(Seed, number);
            await cache.AppendAsync(By, id, TestChunks.Bytes(Seed, number, 2_000_000), Cancellation);
            await cache.AppendBlocksAsync(By, id with { Index = id.Index + 1 }, 0, TestChunks.Bytes(Seed, number, 5 * ChunkGeometry.BlockSize), Cancellation);
            foreach (var drive in cache.Drives)
                Assert.InRange(TestChunks.BytesOnDisk(drive.Name), 1, ChunkCacheOptions.MinimumCapacity);
        }

        Assert.True(cache.BlockStatistics.EvictedSegments > 0 && cache.Statistics.EvictedSegments > 0, $"{cache.BlockStatistics} {cache.Statistics}");
    }

    private static ChunkId Chunk(int index) => new(Object, index);

    private static async Task VerifyBlockAsync(ChunkCache cache, ChunkId chunk, int block, ReadOnlyMemory<byte> expected)
    {
        var read = new byte[ChunkGeometry.BlockSize];
        Assert.Equal(expected.Length, await cache.ReadBlockAsync(chunk, block, 1, read, Cancellation));
        Assert.True(read.AsSpan(0, expected.Length).SequenceEqual(expected.Span));
    }

    private Task<ChunkCache> OpenAsync() => ChunkCache.OpenAsync(
        new ChunkCacheOptions { Drives = [Drive("a"), Drive("b")] }, TimeProvider.System, NullLoggerFactory.Instance, null, Cancellation);

    private ChunkStoreOptions Drive(string name) => TestChunks.Options(Path.Combine(_directory.Path, name), ChunkCacheOptions.MinimumCapacity);
}
