using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Replication;

/// <summary>What the catalogs of all regions know: this region's own is read, the others are asked.</summary>
internal sealed class RegionalFacts(OriginCatalog catalog, RegionPeers peers, OriginOptions options)
{
    public async Task<PeerAnswer<BucketFacts>> BucketAsync(string region, string bucket, CancellationToken cancellationToken) => region == options.Region
        ? new PeerAnswer<BucketFacts>(IsKnown: true, (await catalog.Buckets.FindAsync(bucket, cancellationToken))?.Facts)
        : await peers.AskAsync(
            region, InternalApi.Bucket.Replace("{bucket}", Uri.EscapeDataString(bucket), StringComparison.Ordinal), InternalJson.Default.BucketFacts, cancellationToken);

    /// <summary>Sets <see cref="BucketFacts.StrongReads"/>; a value of null stands for no such bucket.</summary>
    public async Task<PeerAnswer<BucketFacts>> SetStrongReadsAsync(string region, string bucket, bool strong, CancellationToken cancellationToken)
    {
        if (region != options.Region)
        {
            return await peers.PutAsync(
                region,
                InternalApi.BucketSettings.Replace("{bucket}", Uri.EscapeDataString(bucket), StringComparison.Ordinal) +
                    ControlPlaneClient.Query(("strongReads", strong ? "true" : "false")),
                InternalJson.Default.BucketFacts,
                cancellationToken);
        }

        return await catalog.Buckets.FindAsync(bucket, cancellationToken) is not { } row
            ? new PeerAnswer<BucketFacts>(IsKnown: true, null)
            : await catalog.Buckets.SetStrongReadsAsync(row.Id, strong, cancellationToken) is { Succeeded: true } done
                ? new PeerAnswer<BucketFacts>(IsKnown: true, done.Value.Bucket.Facts)
                : default;
    }

    /// <summary>The version that a key names; a value of null stands for none.</summary>
    public async Task<PeerAnswer<VersionFacts>> VersionAsync(
        string region, string bucket, ObjectKey key, string? versionId, CancellationToken cancellationToken)
    {
        if (region == options.Region)
        {
            return await catalog.Buckets.FindAsync(bucket, cancellationToken) is { } row
                ? new PeerAnswer<VersionFacts>(true, (await catalog.Versions.FindAsync(row.Id, key.Value, versionId, withSegments: false, cancellationToken)).Version?.Facts)
                : new PeerAnswer<VersionFacts>(true, null);
        }

        var query = ControlPlaneClient.Query(("bucket", bucket), ("key", key.Value));
        if (versionId is not null)
        {
            query += "&versionId=" + Uri.EscapeDataString(versionId);
        }

        var (isKnown, reply) = await peers.AskAsync(region, InternalApi.Resolve + query, InternalJson.Default.ResolveReply, cancellationToken);
        return new PeerAnswer<VersionFacts>(isKnown, reply?.Version);
    }

    public async Task<PeerAnswer<RegionUsage>> UsageAsync(string region, string organizationId, CancellationToken cancellationToken) => region == options.Region
        ? new PeerAnswer<RegionUsage>(true, await catalog.Usage.ListAsync(organizationId, cancellationToken))
        : await peers.AskAsync(region, InternalApi.Usage + ControlPlaneClient.Query(("owner", organizationId)), InternalJson.Default.RegionUsage, cancellationToken);

    public async Task<PeerAnswer<BucketUsage>> UsageOfBucketAsync(string region, string bucket, CancellationToken cancellationToken) => region == options.Region
        ? new PeerAnswer<BucketUsage>(true, await catalog.Usage.FindAsync(bucket, cancellationToken))
        : await peers.AskAsync(
            region, InternalApi.BucketUsage.Replace("{bucket}", Uri.EscapeDataString(bucket), StringComparison.Ordinal), InternalJson.Default.BucketUsage, cancellationToken);
}
