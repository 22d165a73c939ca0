using System.Runtime.CompilerServices;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Administration;

/// <summary>Finds the buckets and objects that operators name: by key as clients' reads do, by prefix at the home region.</summary>
internal sealed class ObjectDirectory(BucketLocator locator, VersionCache versions)
{
    /// <summary>Finds a bucket, and notes for the records whose it is.</summary>
    /// <exception cref="AdminException">400, 404 or 503.</exception>
    public async Task<LocatedBucket> LocateAsync(AdminCall call, string? bucket)
    {
        if (!Shared.Primitives.BucketName.TryParse(bucket, out var name))
        {
            throw AdminException.Invalid(string.IsNullOrEmpty(bucket) ? "'bucket' is needed." : $"'{bucket}' is not the name of a bucket.");
        }

        return call.Bucket = await LocateAsync(name.Value, call.Aborted);
    }

    /// <summary>Finds a bucket.</summary>
    /// <exception cref="AdminException">404 or 503.</exception>
    public async Task<LocatedBucket> LocateAsync(string bucket, CancellationToken cancellationToken)
    {
        var (error, located, _) = await locator.LocateAsync(bucket, cancellationToken);
        return located ?? throw (error!.Code == Shared.S3.S3ErrorCode.NoSuchBucket
            ? AdminException.NotFound($"There is no bucket '{bucket}'.")
            : AdminException.Unavailable($"Where the bucket '{bucket}' is can't be asked at the moment."));
    }

    /// <summary>The version that a key names; null when there is none to read.</summary>
    /// <exception cref="AdminException">503.</exception>
    public async Task<VersionFacts?> ResolveAsync(LocatedBucket bucket, string key, string? versionId, CancellationToken cancellationToken)
    {
        var reply = await versions.GetAsync(new VersionName(bucket.Region, bucket.Facts.Name, key, versionId), cancellationToken);
        return !reply.IsKnown ? throw AdminException.Unavailable($"The region {bucket.Region.Name} can't be asked at the moment.")
            : reply.Fact is { IsDeleteMarker: false } version ? version
            : null;
    }

    /// <summary>The objects of a bucket, in byte order of their keys, page by page from the home region.</summary>
    /// <exception cref="AdminException">404 or 503.</exception>
    public static async IAsyncEnumerable<ObjectEntry> ListAsync(
        Region region, ObjectPageQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (fault, page) = await region.ListAsync(query, cancellationToken);
            if (fault != UpstreamFault.None)
            {
                throw AdminException.Unavailable($"The region {region.Name} can't be asked at the moment.");
            }

            if (!page!.BucketExists)
            {
                throw AdminException.NotFound($"There is no bucket '{query.Bucket}' in {region.Name}.");
            }

            foreach (var entry in page.Objects)
            {
                yield return entry;
            }

            if (!page.IsTruncated)
            {
                yield break;
            }

            query = query with { After = page.NextKey, AfterVersion = page.NextVersionId };
        }
    }
}
