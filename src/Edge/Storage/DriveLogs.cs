using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// What is open of one drive: two chunk stores, the small and the main log of <see cref="EvictionPolicy"/>, and the store of single blocks. Chunks
/// that were touched on probation move from the small log to the main one, before their segment goes.
/// </summary>
internal sealed class DriveLogs : IAsyncDisposable
{
    private const string SmallLogName = "probation";
    private const string BlocksName = "blocks";

    /// <summary>For each so many bytes of the block store's capacity it remembers one block that it evicted.</summary>
    private const int GhostBytes = 16 << 10;

    private const int MinGhosts = 1024;
    private const int MaxGhosts = 1 << 22;

    private readonly Scrubber _scrubber;

    private DriveLogs(ChunkStore main, ChunkStore? small, BlockStore? blocks, Scrubber scrubber) =>
        (Main, Small, Blocks, _scrubber) = (main, small, blocks, scrubber);

    /// <summary>The main log.</summary>
    public ChunkStore Main { get; }

    /// <summary>The small log; null where a tenth of the capacity is too little for one.</summary>
    public ChunkStore? Small { get; }

    /// <summary>The store of what is too small for a chunk; null when it has no share.</summary>
    public BlockStore? Blocks { get; }

    /// <summary>Whether a log takes no appends because of an I/O error, and is being replaced.</summary>
    public bool IsDegraded => Main.IsDegraded || Small?.IsDegraded == true;

    /// <summary>The reads that failed since the last one that did not.</summary>
    public int FailedReads => Math.Max(Math.Max(Main.FailedReads, Small?.FailedReads ?? 0), Blocks?.FailedReads ?? 0);

    /// <summary>Whether the directories are still those that were opened.</summary>
    public bool IsPresent => Main.IsPresent && Small?.IsPresent != false;

    /// <summary>Opens the logs, with what an earlier process left in the directory.</summary>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static async Task<DriveLogs> OpenAsync(
        ChunkStoreOptions options,
        ChunkCacheOptions cache,
        EvictionPolicy policy,
        ChunkStoreMetrics metrics,
        BlockStoreMetrics blockMetrics,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var blocksCapacity = (long)(options.CapacityBytes * cache.SmallShare);
        var capacity = options.CapacityBytes - blocksCapacity;
        var smallCapacity = options.CapacityBytes < Drive.MinimumWithSmallLog ? 0 : capacity / EvictionPolicy.SmallShare;
        var main = await ChunkStore.OpenAsync(
            options with { CapacityBytes = capacity - smallCapacity }, time, loggerFactory, metrics, KeepTouched(policy), cancellationToken);
        ChunkStore? small = null;
        try
        {
            small = smallCapacity == 0 ? null : await ChunkStore.OpenAsync(
                options with { CapacityBytes = smallCapacity, Directory = Path.Combine(options.Directory, SmallLogName) },
                time,
                loggerFactory,
                metrics,
                Promote(policy, main),
                cancellationToken);
            var blocks = blocksCapacity == 0 ? null : BlockStore.Open(
                new BlockStoreOptions { Directory = Path.Combine(options.Directory, BlocksName), CapacityBytes = blocksCapacity },
                policy.Beside((int)Math.Clamp(blocksCapacity / GhostBytes, MinGhosts, MaxGhosts)),
                blockMetrics,
                time,
                loggerFactory);
            return new DriveLogs(main, small, blocks, new Scrubber(small is null ? [main] : [main, small], cache.ScrubBytesPerSecond, metrics, time));
        }
        catch
        {
            if (small is not null)
                await small.DisposeAsync();
            await main.DisposeAsync();
            throw;
        }
    }

    /// <summary>Flushes and closes all logs, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _scrubber.DisposeAsync();
        if (Blocks is not null)
            await Blocks.DisposeAsync();

        // The small log writes to the main one, never the other way round.
        if (Small is not null)
            await Small.DisposeAsync();
        await Main.DisposeAsync();
    }

    /// <summary>Completes when no write of the closed logs can reach the disk any more: only then may they be opened again.</summary>
    public Task WhenQuietAsync() => Task.WhenAll(Main.WhenQuietAsync(), Small?.WhenQuietAsync() ?? Task.CompletedTask, Blocks?.WhenQuietAsync() ?? Task.CompletedTask);

    private static Survival KeepTouched(EvictionPolicy policy) => new(
        chunk => policy.Reinserts(chunk.Id.Hash, ChunkGeometry.RecordSizeOf(chunk.Location.Length), chunk.Touches.Count), Destination: null);

    private static Survival Promote(EvictionPolicy policy, ChunkStore main) => new(
        chunk => !main.Contains(chunk.Id) && policy.Promotes(chunk.Id.Hash, ChunkGeometry.RecordSizeOf(chunk.Location.Length), chunk.Touches.Count),
        (chunk, bytes, cancellationToken) => main.AppendAsync(chunk.Id, bytes, cancellationToken, chunk.Touches.Reset()));
}
