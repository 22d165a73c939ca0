using System.Text.Json;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Origin.Maintenance.Lifecycle;

/// <summary>
/// Carries out the lifecycle rules of the region's buckets: a pass over all of them, bucket by bucket and key by key, in bounded batches. What a batch did
/// and how far it came are committed together, so that a pass that a crash broke off goes on where it was. What the rules delete is
/// deleted as a client would: edges hear of it by the feed.
/// </summary>
internal sealed class LifecycleWorker(
    OriginCatalog catalog, OriginOptions options, LifecycleMetrics metrics, TimeProvider time, ILogger<LifecycleWorker> logger)
    : PeriodicWorker(Interval(options.LifecycleDay), time, logger)
{
    /// <summary>The name under which the position is kept.</summary>
    public const string Name = "lifecycle";

    /// <summary>Versions per batch, so that no put waits long behind one.</summary>
    private const int BatchSize = 250;

    /// <summary>Batches without anything to do after which the position is saved all the same.</summary>
    private const int IdleBatches = 40;

    private const int BucketsPerPage = 1000;
    private const int UploadsPerPage = 250;

    private static readonly TimeSpan s_longestInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromMilliseconds(500);

    private readonly LifecycleSchedule _schedule = new(options.LifecycleDay);
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var position = await catalog.Positions.FindAsync(Name, string.Empty, cancellationToken) is { } saved ? LifecyclePosition.Parse(saved) : null;
        var (after, resumed, done) = (position?.After ?? string.Empty, position, 0L);
        while (true)
        {
            var page = await catalog.Buckets.ListAsync(new BucketListQuery(null, After: after, Max: BucketsPerPage), cancellationToken);
            foreach (var bucket in page.Buckets)
            {
                if (bucket.Facts.Configurations.Lifecycle is not null)
                {
                    done += await RunBucketAsync(bucket, after, resumed?.Bucket == bucket.Facts.Name ? resumed.Key : string.Empty, cancellationToken);
                }

                after = bucket.Facts.Name;
            }

            if (!page.IsTruncated)
            {
                break;
            }
        }

        if (position is not null || done > 0)
        {
            await catalog.Positions.SaveAsync(Name, string.Empty, null, cancellationToken);
        }

        metrics.PassEnded(_time.GetElapsedTime(started));
        if (done > 0)
        {
            MaintenanceLog.LifecyclePassed(_logger, done);
        }
    }

    private static TimeSpan Interval(TimeSpan day)
    {
        var interval = day / 24;
        return interval > s_longestInterval ? s_longestInterval : interval < s_shortestInterval ? s_shortestInterval : interval;
    }

    private async Task<long> RunBucketAsync(BucketRow bucket, string after, string key, CancellationToken cancellationToken)
    {
        var (plan, row, done, idle) = (new LifecyclePlan(_schedule), 0L, 0L, 0);
        while (true)
        {
            // Read anew for every batch: a rule that its owner takes back stops here.
            var current = await catalog.Buckets.FindAsync(bucket.Facts.Name, cancellationToken);
            if (current?.Id != bucket.Id || current.Facts.Configurations.Lifecycle is not { } configuration)
            {
                return done;
            }

            var withTags = configuration.Rules.Any(static r => r.IsEnabled && !r.Filter.Tags.IsEmpty);
            var versions = await catalog.Lifecycle.ReadAsync(bucket.Id, key, row, BatchSize, withTags, cancellationToken);
            if (versions.Count == 0)
            {
                return done + await AbortUploadsAsync(bucket, configuration, cancellationToken);
            }

            metrics.Seen(versions.Count);
            var now = _time.GetUtcNow();
            var actions = versions.Select(version => plan.Next(configuration, version, now)).OfType<LifecycleAction>().ToList();

            // A key whose versions the batch cut in two is begun again after a crash: its newer versions decide on its older ones.
            var whole = versions[^1].Key == versions[0].Key ? key : versions.Last(v => v.Key != versions[^1].Key).Key;
            if (actions.Count > 0 || ++idle % IdleBatches == 0)
            {
                var applied = await catalog.Lifecycle.ApplyAsync(
                    bucket.Id, actions, Name, new LifecyclePosition(after, bucket.Facts.Name, whole).ToString(), cancellationToken);
                if (!applied.Succeeded)
                {
                    throw new Shared.S3.S3Exception(applied.Error);
                }

                done += Count(actions, applied.Value);
            }

            (key, row) = (versions[^1].Key, versions[^1].Row);
        }
    }

    private long Count(List<LifecycleAction> actions, LifecycleResult result)
    {
        for (var i = 0; i < actions.Count; i++)
        {
            metrics.Did(result.Done[i] ? LifecycleNames.Of(actions[i].Kind) : "skipped");
        }

        return result.Done.Count(static done => done);
    }

    private async Task<long> AbortUploadsAsync(BucketRow bucket, LifecycleConfiguration configuration, CancellationToken cancellationToken)
    {
        var aborted = 0L;
        foreach (var rule in configuration.Rules)
        {
            if (!rule.IsEnabled || rule.AbortUploadAfterDays is not { } days)
            {
                continue;
            }

            var query = new UploadListQuery { BucketId = bucket.Id, Prefix = rule.Filter.Prefix, MaxUploads = UploadsPerPage };
            while (true)
            {
                var page = await catalog.Uploads.ListAsync(query, cancellationToken);
                var now = _time.GetUtcNow();
                foreach (var upload in page.Uploads.Where(u => _schedule.After(u.InitiatedAt, days) <= now))
                {
                    // Another answer than success: it was completed or aborted meanwhile.
                    if (await catalog.Uploads.AbortAsync(bucket.Id, upload.Key, upload.UploadId, cancellationToken) is null)
                    {
                        aborted++;
                        metrics.Did("abort-upload");
                    }
                }

                if (!page.IsTruncated)
                {
                    break;
                }

                query = query with { KeyMarker = page.NextKeyMarker, UploadIdMarker = page.NextUploadIdMarker };
            }
        }

        return aborted;
    }
}

/// <summary>How far a pass came.</summary>
/// <param name="After">The last bucket that is done; empty for none.</param>
/// <param name="Bucket">The bucket that was at its turn.</param>
/// <param name="Key">The last of its keys that is done; empty for none.</param>
internal sealed record LifecyclePosition(string After, string Bucket, string Key)
{
    /// <summary>Reads a saved position; null when it can't be read, and the pass begins anew.</summary>
    public static LifecyclePosition? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(text) is [{ } after, { } bucket, { } key] ? new LifecyclePosition(after, bucket, key) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize<string[]>([After, Bucket, Key]);
}

/// <summary>The names of actions in metrics.</summary>
internal static class LifecycleNames
{
    public static string Of(LifecycleActionKind kind) => kind switch
    {
        LifecycleActionKind.EndCurrent => "expire",
        LifecycleActionKind.RemoveNoncurrent => "expire-noncurrent",
        LifecycleActionKind.RemoveMarker => "remove-marker",
        LifecycleActionKind.ChangeClass => "transition",
    };
}
