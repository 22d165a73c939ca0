using System.Globalization;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Caching;

/// <summary>What the directory says of a bucket.</summary>
/// <param name="Fault">Why nothing is known; none when something is.</param>
/// <param name="Region">Where it lives; null when nowhere, and where this edge doesn't know the region.</param>
/// <param name="Owner">The organization that owns it; null when that is not known.</param>
internal readonly record struct BucketPlace(UpstreamFault Fault, Region? Region, string? Owner);

/// <summary>
/// Which region a bucket lives in, as the control plane's directory has it. A cached place needs no feed: it is only believed together with the
/// region's own facts, and asked for again when the region does not know the bucket. A cached absence lives for a second. Made-up names cost the
/// control plane no more than the budget, and what they cost is not taken from buckets that exist.
/// </summary>
internal sealed class BucketDirectory(
    ControlPlane controlPlane, RegionSet regions, MetadataCache store, QuestionBudget budget, CancellationToken stopping)
{
    /// <summary>How long the directory's "nowhere" is believed.</summary>
    public static readonly TimeSpan AbsenceLifetime = TimeSpan.FromSeconds(1);

    /// <summary>The longest key in the store that is looked up without a string, in characters: a bucket's name has at most 63.</summary>
    private const int MaxShortKey = 80;

    private readonly SingleFlight<(string Bucket, long Version), BucketPlace> _questions = new();

    /// <summary>Moves whenever this edge learns that buckets came or went, so that no answer from before is cached or shared after.</summary>
    private long _version;

    /// <summary>The bucket's place; no region and no fault when there is no such bucket.</summary>
    public ValueTask<BucketPlace> FindAsync(string bucket, CancellationToken cancellationToken)
    {
        Span<char> key = stackalloc char[MaxShortKey];
        return key.TryWrite(CultureInfo.InvariantCulture, $"d/{bucket}", out var length) &&
            store.TryFindInMemory<CachedPlace>(key[..length], out var found) && Believe(found) is { } place
                ? ValueTask.FromResult(place)
                : LookAsync(bucket, cancellationToken);
    }

    /// <summary>The bucket's place as the directory has it now.</summary>
    public Task<BucketPlace> AskAsync(string bucket, CancellationToken cancellationToken) =>
        _questions.JoinAsync((bucket, Volatile.Read(ref _version)), QuestionAsync, cancellationToken, out _);

    /// <summary>Forgets a bucket that was just created or deleted through this edge.</summary>
    public ValueTask ForgetAsync(string bucket)
    {
        Interlocked.Increment(ref _version);
        return store.DropAsync(StoreKey(bucket));
    }

    private async ValueTask<BucketPlace> LookAsync(string bucket, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync<CachedPlace>(StoreKey(bucket), inMemory: false, cancellationToken);
        return found is not null && Believe(found) is { } place ? place : await AskAsync(bucket, cancellationToken);
    }

    // A place in a region that this edge does not know any more is none.
    private BucketPlace? Believe(CachedPlace place) =>
        place.Region is null ? new BucketPlace(UpstreamFault.None, null, place.Owner)
        : regions.TryGet(place.Region, out var region) ? new BucketPlace(UpstreamFault.None, region, place.Owner)
        : null;

    private async Task<BucketPlace> QuestionAsync((string Bucket, long Version) question)
    {
        if (!budget.TryTake(question.Bucket))
        {
            return new BucketPlace(UpstreamFault.Limited, null, null);
        }

        var (fault, entry) = await controlPlane.FindBucketAsync(question.Bucket, stopping);
        if (fault != UpstreamFault.None)
        {
            return new BucketPlace(fault, null, null);
        }

        regions.TryGet(entry?.Region, out var region);
        if (region is not null)
        {
            budget.Found(question.Bucket);
            await store.KeepAsync(StoreKey(question.Bucket), new CachedPlace(region.Name, entry!.OwnerOrganizationId), inMemory: false);
        }
        else if (Volatile.Read(ref _version) == question.Version)
        {
            await store.DropAsync(StoreKey(question.Bucket)); // an older place may be on disk
            await store.KeepAsync(StoreKey(question.Bucket), new CachedPlace(null), inMemory: true, AbsenceLifetime);
        }

        return new BucketPlace(UpstreamFault.None, region, entry?.OwnerOrganizationId);
    }

    private static string StoreKey(string bucket) => $"d/{bucket}";
}
