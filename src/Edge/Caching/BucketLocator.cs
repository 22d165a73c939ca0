using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Caching;

/// <summary>A bucket that exists, where it lives, and how fresh that is.</summary>
internal sealed record LocatedBucket(Region Region, BucketFacts Facts, Freshness Freshness);

/// <summary>Whose a bucket is, and its home region, where one is known.</summary>
internal readonly record struct BucketOwner(string OrganizationId, string? Region);

/// <summary>Finds the bucket of a request: by the host's region when the name says it, by the directory otherwise.</summary>
internal sealed class BucketLocator(BucketDirectory directory, BucketFactsCache facts, RegionSet regions)
{
    /// <summary>The bucket; or NoSuchBucket, or ServiceUnavailable when nobody can be asked.</summary>
    public async ValueTask<(S3Error? Error, LocatedBucket? Bucket)> LocateAsync(S3Request request, CancellationToken cancellationToken)
    {
        if (request.HostRegion is not null)
        {
            return regions.TryGet(request.HostRegion, out var named)
                ? await InRegionAsync(named, request.Bucket, cancellationToken)
                : (NoSuchBucket(request.Bucket), null);
        }

        return await LocateAsync(request.Bucket, cancellationToken);
    }

    /// <summary>The bucket, wherever it is; or NoSuchBucket, or ServiceUnavailable when nobody can be asked.</summary>
    public async ValueTask<(S3Error? Error, LocatedBucket? Bucket)> LocateAsync(string name, CancellationToken cancellationToken)
    {
        var (fault, region, _) = await directory.FindAsync(name, cancellationToken);
        if (region is null)
        {
            return (fault == UpstreamFault.None ? NoSuchBucket(name) : S3ErrorCode.ServiceUnavailable, null);
        }

        var (error, bucket) = await InRegionAsync(region, name, cancellationToken);
        if (error?.Code != S3ErrorCode.NoSuchBucket)
        {
            return (error, bucket);
        }

        // The bucket may have been deleted and created elsewhere since the directory was asked.
        var (_, now, _) = await directory.AskAsync(name, cancellationToken);
        return now is null || ReferenceEquals(now, region) ? (error, null) : await InRegionAsync(now, name, cancellationToken);
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
    /// Whose bucket a request names, and where it lives, as far as it can be found out: of the region's own facts or, while the region is away, of the
    /// directory. Null when there is no such bucket or nobody can be asked.
    /// </summary>
    public async ValueTask<BucketOwner?> OwnerAsync(S3Request request, CancellationToken cancellationToken)
    {
        var (error, bucket) = await LocateAsync(request, cancellationToken);
        if (bucket is not null)
        {
            return new BucketOwner(bucket.Facts.OwnerOrganizationId, bucket.Facts.Region);
        }

        if (error?.Code == S3ErrorCode.NoSuchBucket)
        {
            return null;
        }

        var (_, region, owner) = await directory.FindAsync(request.Bucket, cancellationToken);
        return region is null || owner is null || (request.HostRegion is { } named && named != region.Name) ? null : new BucketOwner(owner, region.Name);
    }

    private async ValueTask<(S3Error? Error, LocatedBucket? Bucket)> InRegionAsync(Region region, string bucket, CancellationToken cancellationToken)
    {
        var reply = await facts.GetAsync(new RegionalBucket(region, bucket), cancellationToken);
        return !reply.IsKnown ? ((S3Error)S3ErrorCode.ServiceUnavailable, null)
            : reply.Fact is null ? (NoSuchBucket(bucket), null)
            : (null, new LocatedBucket(region, reply.Fact, reply.Freshness));
    }

    private static S3Error NoSuchBucket(string bucket) => new(S3ErrorCode.NoSuchBucket, null, [new("BucketName", bucket)]);
}
