using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Caching;

/// <summary>
/// Which region a bucket lives in, as the control plane's directory has it. A cached place needs no feed: it is only believed together with the
/// region's own facts, and asked for again when the region does not know the bucket. A cached absence lives for a second.
/// </summary>
internal sealed class BucketDirectory(ControlPlane controlPlane, RegionSet regions, MetadataCache store, CancellationToken stopping)
{
    /// <summary>How long the directory's "nowhere" is believed.</summary>
    public static readonly TimeSpan AbsenceLifetime = TimeSpan.FromSeconds(1);

    private readonly SingleFlight<(string Bucket, long Version), (UpstreamFault Fault, Region? Region)> _questions = new();

    /// <summary>Moves whenever this edge learns that buckets came or went, so that no answer from before is cached or shared after.</summary>
    private long _version;

    /// <summary>The bucket's region; none and no fault when there is no such bucket.</summary>
    public async ValueTask<(UpstreamFault Fault, Region? Region)> FindAsync(string bucket, CancellationToken cancellationToken)
    {
        var place = await store.FindAsync<CachedPlace>(StoreKey(bucket), inMemory: false, cancellationToken);
        if (place is not null && (place.Region is null || regions.TryGet(place.Region, out _)))
        {
            return (UpstreamFault.None, regions.TryGet(place.Region, out var region) ? region : null);
        }

        return await AskAsync(bucket, cancellationToken);
    }

    /// <summary>The bucket's region as the directory has it now.</summary>
    public Task<(UpstreamFault Fault, Region? Region)> AskAsync(string bucket, CancellationToken cancellationToken) =>
        _questions.JoinAsync((bucket, Volatile.Read(ref _version)), QuestionAsync, cancellationToken, out _);

    /// <summary>Forgets a bucket that was just created or deleted through this edge.</summary>
    public ValueTask ForgetAsync(string bucket)
    {
        Interlocked.Increment(ref _version);
        return store.DropAsync(StoreKey(bucket));
    }

    private async Task<(UpstreamFault Fault, Region? Region)> QuestionAsync((string Bucket, long Version) question)
    {
        var (fault, entry) = await controlPlane.FindBucketAsync(question.Bucket, stopping);
        if (fault != UpstreamFault.None)
        {
            return (fault, null);
        }

        regions.TryGet(entry?.Region, out var region);
        if (region is not null)
        {
            await store.KeepAsync(StoreKey(question.Bucket), new CachedPlace(region.Name), inMemory: false);
        }
        else if (Volatile.Read(ref _version) == question.Version)
        {
            await store.DropAsync(StoreKey(question.Bucket)); // an older place may be on disk
            await store.KeepAsync(StoreKey(question.Bucket), new CachedPlace(null), inMemory: true, AbsenceLifetime);
        }

        return (UpstreamFault.None, region);
    }

    private static string StoreKey(string bucket) => $"d/{bucket}";
}
