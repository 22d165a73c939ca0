using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Maintenance;

/// <summary>
/// Deletes the blobs that the catalog has released, some time after: first the file, then the row, so that a crash between the
/// two leaves a row whose file is deleted once more, and never a file that nobody knows. Small blobs go with their row, and the space that they leave
/// in the catalog's file is given back. All in pieces, between which puts commit.
/// </summary>
internal sealed class GarbageCollector(
    OriginCatalog catalog, BlobStore blobs, MaintenanceOptions options, TimeProvider time, ILogger<GarbageCollector> logger)
    : PeriodicWorker(options.GarbageInterval, time, logger)
{
    /// <summary>Blobs per batch.</summary>
    private const int BatchSize = 1000;

    /// <summary>Rows forgotten at once: with the bytes of small ones, some hundred pages.</summary>
    private const int ForgetSize = 100;

    /// <summary>How often in a run 2 MiB of the catalog's file are given back: 1 GiB a minute.</summary>
    private const int MaxShrinks = 512;

    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var before = blobs.Holds.Oldest() - options.GarbageGrace;
        while (await CollectAsync(before, cancellationToken))
        {
        }

        for (var i = 0; i < MaxShrinks && await catalog.Maintenance.ShrinkAsync(cancellationToken) is { Succeeded: true, Value.Rows: > 0 }; i++)
        {
        }
    }

    /// <summary>Collects a batch; whether there may be more.</summary>
    private async Task<bool> CollectAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var batch = await catalog.Maintenance.FindReleasedAsync(before, BatchSize, cancellationToken);
        var gone = batch.Where(static b => !b.IsFile).Select(static b => b.Blob).ToList();
        gone.AddRange(await blobs.DeleteAsync([.. batch.Where(static b => b.IsFile).Select(static b => b.Blob)]));
        foreach (var some in gone.Chunk(ForgetSize))
        {
            if (!(await catalog.Maintenance.ForgetReleasedAsync(some, cancellationToken)).Succeeded)
            {
                return false;
            }
        }

        if (gone.Count > 0)
        {
            MaintenanceLog.GarbageDeleted(_logger, gone.Count);
        }

        return gone.Count > 0 && batch.Count == BatchSize;
    }
}
