using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Maintenance;

/// <summary>
/// Deletes the files of blobs that the catalog has released, some time after: first the file, then the row, so that a crash between the
/// two leaves a row whose file is deleted once more, and never a file that nobody knows.
/// </summary>
internal sealed class GarbageCollector(
    OriginCatalog catalog, BlobStore blobs, MaintenanceOptions options, TimeProvider time, ILogger<GarbageCollector> logger)
    : PeriodicWorker(options.GarbageInterval, time, logger)
{
    /// <summary>Blobs per batch.</summary>
    private const int BatchSize = 1000;

    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var before = blobs.Holds.Oldest() - options.GarbageGrace;
        while (true)
        {
            var batch = await catalog.Maintenance.FindReleasedAsync(before, BatchSize, cancellationToken);
            var deleted = (await blobs.DeleteAsync([.. batch.Select(static b => b.Blob)])).ToHashSet();
            if (deleted.Count == 0)
            {
                return;
            }

            var forgotten = await catalog.Maintenance.ForgetReleasedAsync([.. batch.Where(b => deleted.Contains(b.Blob))], cancellationToken);
            MaintenanceLog.GarbageDeleted(_logger, deleted.Count);
            if (!forgotten.Succeeded || batch.Count < BatchSize)
            {
                return;
            }
        }
    }
}
