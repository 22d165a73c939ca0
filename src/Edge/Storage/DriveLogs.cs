using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Storage.Pins;

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

    /// <summary>One in so many parts of an organization's cap gives way at once.</summary>
    private const int TrimPart = 16;

    /// <summary>How long no organization gives way after one had nothing to give.</summary>
    private static readonly TimeSpan TrimPause = TimeSpan.FromSeconds(10);

    private const int MinGhosts = 1024;
    private const int MaxGhosts = 1 << 22;

    private readonly Scrubber _scrubber;
    private readonly Retention _retention;
    private Task _trim = Task.CompletedTask;
    private int _trimming;

    private readonly TimeProvider _time;
    private long _trimAfter;

    private DriveLogs(ChunkStore main, ChunkStore? small, BlockStore? blocks, Scrubber scrubber, Retention retention, TimeProvider time) =>
        (Main, Small, Blocks, _scrubber, _retention, _time) = (main, small, blocks, scrubber, retention, time);

    /// <summary>The main log.</summary>
    public ChunkStore Main { get; }

    /// <summary>The small log; null where a tenth of the capacity is too little for one.</summary>
    public ChunkStore? Small { get; }

    /// <summary>The store of what is too small for a chunk; null when it has no share.</summary>
    public BlockStore? Blocks { get; }

    /// <summary>The floors and caps of organizations, and what they have.</summary>
    public OrganizationShares Shares => _retention.Shares;

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
        PinTable pins,
        ChunkStoreMetrics metrics,
        BlockStoreMetrics blockMetrics,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var blocksCapacity = (long)(options.CapacityBytes * cache.SmallShare);
        var capacity = options.CapacityBytes - blocksCapacity;
        var smallCapacity = options.CapacityBytes < Drive.MinimumWithSmallLog ? 0 : capacity / EvictionPolicy.SmallShare;
        var retention = new Retention(policy, new OrganizationShares(cache.Shares, options.CapacityBytes), pins);
        var usage = retention.Shares.Usage;
        var main = await ChunkStore.OpenAsync(
            options with { CapacityBytes = capacity - smallCapacity }, time, loggerFactory, metrics, new Survival(retention.JudgeMain, Destination: null), cancellationToken, usage);
        ChunkStore? small = null;
        try
        {
            small = smallCapacity == 0 ? null : await ChunkStore.OpenAsync(
                options with { CapacityBytes = smallCapacity, Directory = Path.Combine(options.Directory, SmallLogName) },
                time,
                loggerFactory,
                metrics,
                new Survival(
                    round => retention.JudgeSmall(round, main.Contains),
                    (chunk, bytes, cancellation) => main.AppendAsync(chunk.Id, bytes, cancellation, chunk.Touches.Reset(), chunk.Organization)),
                cancellationToken,
                usage);
            var blocks = blocksCapacity == 0 ? null : BlockStore.Open(
                new BlockStoreOptions { Directory = Path.Combine(options.Directory, BlocksName), CapacityBytes = blocksCapacity, Checksums = options.Checksums },
                retention.Beside(policy.Beside((int)Math.Clamp(blocksCapacity / GhostBytes, MinGhosts, MaxGhosts))),
                blockMetrics,
                time,
                loggerFactory);
            var organizations = new OrganizationTable(Path.Combine(options.Directory, OrganizationTable.FileName), usage);
            organizations.Load();
            retention.Shares.Bind(organizations);
            var scrubber = new Scrubber(small is null ? [main] : [main, small], cache.ScrubBytesPerSecond, metrics, time);
            var logs = new DriveLogs(main, small, blocks, scrubber, retention, time);
            logs.TrimAll();
            return logs;
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
        await WhenTrimmedAsync();
        if (Blocks is not null)
            await Blocks.DisposeAsync();

        // The small log writes to the main one, never the other way round.
        if (Small is not null)
            await Small.DisposeAsync();
        await Main.DisposeAsync();
    }

    /// <summary>Completes when no write of the closed logs can reach the disk any more: only then may they be opened again.</summary>
    public Task WhenQuietAsync() => Task.WhenAll(Main.WhenQuietAsync(), Small?.WhenQuietAsync() ?? Task.CompletedTask, Blocks?.WhenQuietAsync() ?? Task.CompletedTask);

    /// <summary>Makes an organization's oldest chunks give way in the background, after its cap kept new ones out.</summary>
    /// <param name="organization">Its number.</param>
    /// <param name="bytes">How much room is wanted; more is made, so that not every append needs it.</param>
    public void TrimSoon(ushort organization, long bytes)
    {
        if (_time.GetTimestamp() < Volatile.Read(ref _trimAfter) || Interlocked.Exchange(ref _trimming, 1) != 0)
            return;

        Volatile.Write(ref _trim, Task.Run(() =>
        {
            // All that it has may be pinned: then there is no point in searching the index for every chunk that it is refused.
            if (Trim(organization, Math.Max(bytes, Shares.CapOf(organization) / TrimPart)) == 0)
                Volatile.Write(ref _trimAfter, _time.GetTimestamp() + (long)(TrimPause.TotalSeconds * _time.TimestampFrequency));
            Volatile.Write(ref _trimming, 0);
        }));
    }

    /// <summary>Completes with the trimming that is under way.</summary>
    public Task WhenTrimmedAsync() => Volatile.Read(ref _trim);

    // What was dropped for a cap was dropped from memory only, and caps may have changed.
    private void TrimAll()
    {
        foreach (var organization in Shares.Configured)
            Trim(organization, Shares.ExcessOf(organization));
    }

    private long Trim(ushort organization, long bytes)
    {
        long trimmed = 0;
        if (Small is not null && bytes > 0)
            trimmed += Small.Trim(organization, bytes, IsPinned);
        if (trimmed < bytes)
            trimmed += Main.Trim(organization, bytes - trimmed, IsPinned);
        if (trimmed < bytes && Blocks is not null)
            trimmed += Blocks.Trim(organization, bytes - trimmed);
        return trimmed;
    }

    private bool IsPinned(StoredChunk chunk) => _retention.Pins?.IsPinned(chunk.Id.Generation) == true;
}
