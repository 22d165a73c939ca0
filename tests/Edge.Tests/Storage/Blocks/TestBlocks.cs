using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Blocks;

/// <summary>Small objects whose every byte follows from a seed and their number.</summary>
internal static class TestBlocks
{
    public const byte Reader = 1, OtherReader = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static BlockKey Key(int seed, int number) => new(TestChunks.Id(seed, number), number % 3);

    public static BlockStoreOptions Options(string directory, long capacity = BlockStoreOptions.MinimumCapacity) => new() { Directory = directory, CapacityBytes = capacity };

    public static BlockStore Open(string directory, long capacity = BlockStoreOptions.MinimumCapacity) => Open(Options(directory, capacity));

    public static BlockStore Open(BlockStoreOptions options, TimeProvider? time = null, BlockStoreMetrics? metrics = null) => BlockStore.Open(
        options,
        Retention(new EvictionPolicy(new GhostTable(1024), new WriteBudget(null, options.CapacityBytes, TimeProvider.System))),
        metrics ?? Metrics(),
        time ?? TimeProvider.System,
        NullLoggerFactory.Instance);

    public static Retention Retention(EvictionPolicy policy) => new(policy, new OrganizationShares([], BlockStoreOptions.MinimumCapacity), pins: null);

    public static BlockStoreMetrics Metrics() => new(null, "drive", static () => null);

    public static ValueTask<AppendOutcome> TryAppendAsync(this BlockStore store, int seed, int number, int length) => store.AppendAsync(
        Key(seed, number).Chunk, Key(seed, number).Block, TestChunks.Bytes(seed, number, length), 0, Touches.By(Reader, 0), Cancellation);

    public static async Task AppendAsync(this BlockStore store, int seed, int number, int length) =>
        Assert.Equal(AppendOutcome.Stored, await store.TryAppendAsync(seed, number, length));

    /// <summary>Whether the block is there; if it is, every byte of it must be right.</summary>
    public static async Task<bool> VerifyAsync(this BlockStore store, int seed, int number, int length, byte reader = Reader)
    {
        var bytes = new byte[ChunkGeometry.BlockSize];
        var read = await store.ReadAsync(Key(seed, number), reader, bytes, Cancellation);
        if (read < 0)
            return false;

        Assert.Equal(length, read);
        Assert.True(bytes.AsSpan(0, read).SequenceEqual(TestChunks.Bytes(seed, number, length)), $"block {number} has other bytes, seed {seed}");
        return true;
    }
}
