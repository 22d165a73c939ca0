using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>What the buckets of the region hold.</summary>
internal sealed class UsageStore(ReaderPool readers, string region)
{
    /// <summary>The usage of a bucket; null when the region has none of that name.</summary>
    public Task<BucketUsage?> FindAsync(string bucket, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => UsageRows.Find(sql, bucket), cancellationToken);

    /// <summary>The usage of an organization's buckets, in one snapshot.</summary>
    public Task<RegionUsage> ListAsync(string organizationId, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => new RegionUsage(region, UsageRows.List(sql, organizationId)), cancellationToken);

    /// <summary>The bytes that an organization holds in the region.</summary>
    public Task<long> BytesAsync(string organizationId, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => UsageRows.BytesOf(sql, organizationId), cancellationToken);
}
