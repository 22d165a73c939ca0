using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Maintenance;

/// <summary>
/// Compares the files with the catalog and deletes those that nothing owns: what a crash, or a commit that failed, left between the rename
/// of a blob and its commit. A file is deleted only when it was found without an owner twice, a grace period of the monotonic clock apart, so
/// neither a put that is about to commit nor a jump of the wall clock can lose bytes.
/// </summary>
internal sealed class OrphanCollector(
    OriginCatalog catalog, BlobStore blobs, MaintenanceOptions options, TimeProvider time, ILogger<OrphanCollector> logger)
    : PeriodicWorker(options.OrphanInterval, time, logger)
{
    /// <summary>Files compared per look into the catalog.</summary>
    private const int BatchSize = 500;

    /// <summary>Suspects remembered at once; more wait for a later walk.</summary>
    private const int MaxSuspects = 100_000;

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private Dictionary<BlobId, long> _suspects = [];

    /// <inheritdoc/>
    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (suspects, deleted) = (new Dictionary<BlobId, long>(), 0);
        for (var shard = 0; shard < BlobLayout.Shards; shard++)
        {
            foreach (var batch in (await blobs.ListShardAsync(shard)).Chunk(BatchSize))
            {
                var known = await catalog.Maintenance.FindKnownAsync(batch, cancellationToken);
                var orphans = Judge(batch.Where(id => !known.Contains(id)), suspects);
                deleted += (await blobs.DeleteAsync(orphans)).Count;
            }
        }

        _suspects = suspects;
        if (deleted > 0)
        {
            MaintenanceLog.OrphansDeleted(_logger, deleted);
        }
    }

    private List<BlobId> Judge(IEnumerable<BlobId> ownerless, Dictionary<BlobId, long> suspects)
    {
        var orphans = new List<BlobId>();
        foreach (var id in ownerless)
        {
            if (!_suspects.TryGetValue(id, out var since))
            {
                since = _time.GetTimestamp();
            }

            if (_time.GetElapsedTime(since) >= options.OrphanGrace)
            {
                orphans.Add(id);
            }
            else if (suspects.Count < MaxSuspects)
            {
                suspects.Add(id, since);
            }
        }

        return orphans;
    }
}
