using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Maintenance;

/// <summary>Bounds what the catalog remembers: the records of the change feed, and uploads that were completed.</summary>
internal sealed class HistoryTrimmer(OriginCatalog catalog, MaintenanceOptions options, TimeProvider time, ILogger<HistoryTrimmer> logger)
    : PeriodicWorker(options.HistoryInterval, time, logger)
{
    /// <summary>Records per transaction, so that no put waits long behind one.</summary>
    private const int BatchSize = 1000;

    /// <summary>Transactions per run.</summary>
    private const int MaxBatches = 1000;

    private readonly TimeProvider _time = time;

    /// <inheritdoc/>
    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var before = _time.GetUtcNow() - UploadStore.CompletionMemory;
        await RepeatAsync(() => catalog.Maintenance.ForgetCompletedUploadsAsync(before, BatchSize, cancellationToken));
        await RepeatAsync(() => catalog.Maintenance.TrimFeedAsync(FeedStore.MaxHistory, BatchSize, cancellationToken));
    }

    private static async Task RepeatAsync(Func<Task<Outcome<TrimCount>>> trim)
    {
        for (var i = 0; i < MaxBatches && await trim() is { Succeeded: true, Value.Rows: > 0 }; i++)
        {
        }
    }
}
