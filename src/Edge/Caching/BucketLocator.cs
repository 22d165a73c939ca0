using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Caching;

/// <summary>A bucket that exists, and where it lives.</summary>
internal sealed record LocatedBucket(Region Region, BucketFacts Facts);

/// <summary>Where a bucket is.</summary>
/// <param name="Error">NoSuchBucket, or ServiceUnavailable when nobody can be asked; null when there is a bucket.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Staleness">For how long this has not been known to be current; null when it is.</param>
internal readonly record struct BucketReply(S3Error? Error, LocatedBucket? Bucket, TimeSpan? Staleness = null);

/// <summary>Whose a bucket is, and its home region, where one is known.</summary>
internal readonly record struct BucketOwner(string OrganizationId, string? Region);

/// <summary>Finds the bucket of a request: by the host's region when the name says it, by the directory otherwise.</summary>
internal sealed class BucketLocator(BucketDirectory directory, BucketFactsCache facts, RegionSet regions)
{
    /// <summary>The bucket of a request.</summary>
    public ValueTask<BucketReply> LocateAsync(S3Request request, CancellationToken cancellationToken) =>
        LocateAsync(request.Bucket, request.HostRegion, cancellationToken);

    /// <summary>The bucket, in the region that a host name names or, if that is null, wherever it is.</summary>
    public async ValueTask<BucketReply> LocateAsync(string bucket, string? hostRegion, CancellationToken cancellationToken)
    {
        if (hostRegion is not null)
        {
            return regions.TryGet(hostRegion, out var named)
                ? await InRegionAsync(named, bucket, cancellationToken)
                : new BucketReply(NoSuchBucket(bucket), null);
        }

        return await LocateAsync(bucket, cancellationToken);
    }

    /// <summary>The bucket, wherever it is.</summary>
    public async ValueTask<BucketReply> LocateAsync(string name, CancellationToken cancellationToken)
    {
        var (fault, region, _) = await directory.FindAsync(name, cancellationToken);
        if (region is null)
        {
            return new BucketReply(fault == UpstreamFault.None ? NoSuchBucket(name) : S3ErrorCode.ServiceUnavailable, null);
        }

        var reply = await InRegionAsync(region, name, cancellationToken);
        if (reply.Error?.Code != S3ErrorCode.NoSuchBucket)
        {
            return reply;
        }

        // The bucket may have been deleted and created elsewhere since the directory was asked.
        var (_, now, _) = await directory.AskAsync(name, cancellationToken);
        return now is null || ReferenceEquals(now, region) ? reply : await InRegionAsync(now, name, cancellationToken);
    }

    /// <summary>The region to which a request that is passed on belongs; null when the bucket is not known anywhere.</summary>
    public async ValueTask<(UpstreamFault Fault, Region? Region)> RegionAsync(S3Request request, CancellationToken cancellationToken)
    {
        if (regions.TryGet(request.HostRegion, out var named))
        {
            return (UpstreamFault.None, named);
        }

        var (fault, region, _) = await directory.FindAsync(request.Bucket, cancellationToken);
        return (fault, region);
    }

    /// <summary>
    /// Whose bucket a request names, and where it lives: of the region's own facts or, while the region is away, of the directory. None when there is
    /// no such bucket; not known when nobody can be asked.
    /// </summary>
    public async ValueTask<(bool IsKnown, BucketOwner? Owner)> OwnerAsync(S3Request request, CancellationToken cancellationToken)
    {
        var (error, bucket, _) = await LocateAsync(request, cancellationToken);
        if (bucket is not null || error?.Code == S3ErrorCode.NoSuchBucket)
        {
            return (true, bucket is null ? null : new BucketOwner(bucket.Facts.OwnerOrganizationId, bucket.Facts.Region));
        }

        var (fault, region, owner) = await directory.FindAsync(request.Bucket, cancellationToken);
        var isElsewhere = region is null || (request.HostRegion is { } named && named != region.Name);
        return fault != UpstreamFault.None || (!isElsewhere && owner is null) ? (false, null)
            : (true, isElsewhere ? null : new BucketOwner(owner!, region!.Name));
    }

    private async ValueTask<BucketReply> InRegionAsync(Region region, string bucket, CancellationToken cancellationToken)
    {
        var reply = await facts.GetAsync(new RegionalBucket(region, bucket), cancellationToken);
        return !reply.IsKnown ? new BucketReply(S3ErrorCode.ServiceUnavailable, null)
            : reply.Fact is null ? new BucketReply(NoSuchBucket(bucket), null, reply.Staleness)
            : new BucketReply(null, new LocatedBucket(region, reply.Fact), reply.Staleness);
    }

    private static S3Error NoSuchBucket(string bucket) => new(S3ErrorCode.NoSuchBucket, null, [new("BucketName", bucket)]);
}
