using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// What is open of one drive: two chunk stores, the small and the main log of <see cref="EvictionPolicy"/>. Chunks that were touched on
/// probation move from the small log to the main one, before their segment goes.
/// </summary>
internal sealed class DriveLogs : IAsyncDisposable
{
    private const string SmallLogName = "probation";

    private readonly Scrubber _scrubber;

    private DriveLogs(ChunkStore main, ChunkStore? small, Scrubber scrubber) => (Main, Small, _scrubber) = (main, small, scrubber);

    /// <summary>The main log.</summary>
    public ChunkStore Main { get; }

    /// <summary>The small log; null where a tenth of the capacity is too little for one.</summary>
    public ChunkStore? Small { get; }

    /// <summary>Whether a log takes no appends because of an I/O error, and is being replaced.</summary>
    public bool IsDegraded => Main.IsDegraded || Small?.IsDegraded == true;

    /// <summary>The reads that failed since the last one that did not.</summary>
    public int FailedReads => Math.Max(Main.FailedReads, Small?.FailedReads ?? 0);

    /// <summary>Whether the directories are still those that were opened.</summary>
    public bool IsPresent => Main.IsPresent && Small?.IsPresent != false;

    /// <summary>Opens the logs, with what an earlier process left in the directory.</summary>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static async Task<DriveLogs> OpenAsync(
        ChunkStoreOptions options,
        EvictionPolicy policy,
        long scrubBytesPerSecond,
        ChunkStoreMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var capacity = options.CapacityBytes;
        var smallCapacity = capacity < Drive.MinimumWithSmallLog ? 0 : capacity / EvictionPolicy.SmallShare;
        var main = await ChunkStore.OpenAsync(
            options with { CapacityBytes = capacity - smallCapacity }, time, loggerFactory, metrics, KeepTouched(policy), cancellationToken);
        try
        {
            var small = smallCapacity == 0 ? null : await ChunkStore.OpenAsync(
                options with { CapacityBytes = smallCapacity, Directory = Path.Combine(options.Directory, SmallLogName) },
                time,
                loggerFactory,
                metrics,
                Promote(policy, main),
                cancellationToken);
            return new DriveLogs(main, small, new Scrubber(small is null ? [main] : [main, small], scrubBytesPerSecond, metrics, time));
        }
        catch
        {
            await main.DisposeAsync();
            throw;
        }
    }

    /// <summary>Flushes and closes both logs, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _scrubber.DisposeAsync();

        // The small log writes to the main one, never the other way round.
        if (Small is not null)
            await Small.DisposeAsync();
        await Main.DisposeAsync();
    }

    /// <summary>Completes when no write of the closed logs can reach the disk any more: only then may they be opened again.</summary>
    public Task WhenQuietAsync() => Task.WhenAll(Main.WhenQuietAsync(), Small?.WhenQuietAsync() ?? Task.CompletedTask);

    private static Survival KeepTouched(EvictionPolicy policy) => new(
        chunk => policy.Reinserts(chunk.Id.Hash, ChunkGeometry.RecordSizeOf(chunk.Location.Length), chunk.Touches.Count), Destination: null);

    private static Survival Promote(EvictionPolicy policy, ChunkStore main) => new(
        chunk => !main.Contains(chunk.Id) && policy.Promotes(chunk.Id.Hash, ChunkGeometry.RecordSizeOf(chunk.Location.Length), chunk.Touches.Count),
        (chunk, bytes, cancellationToken) => main.AppendAsync(chunk.Id, bytes, cancellationToken, chunk.Touches.Reset()));
}
