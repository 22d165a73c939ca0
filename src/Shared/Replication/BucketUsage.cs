using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Replication;

/// <summary>What a bucket holds, counted in the same transactions as its changes.</summary>
/// <param name="Bucket">Its name.</param>
/// <param name="OwnerOrganizationId">Whose quota it counts to.</param>
/// <param name="Versions">Current and noncurrent versions of objects.</param>
/// <param name="VersionBytes">Their bytes; copies count in full although they share theirs.</param>
/// <param name="DeleteMarkers">Delete markers.</param>
/// <param name="Parts">Parts of uploads in progress.</param>
/// <param name="PartBytes">Their bytes.</param>
public sealed record BucketUsage(
    string Bucket, string OwnerOrganizationId, long Versions, long VersionBytes, long DeleteMarkers, long Parts, long PartBytes)
{
    /// <summary>See <see cref="BucketFacts.StrongReads"/>: told here because whoever lists buckets shows both.</summary>
    public bool StrongReads { get; init; }

    /// <summary>All bytes: what S3 reports as <c>BucketSizeBytes</c>, and what counts to a quota.</summary>
    [JsonIgnore]
    public long Bytes => VersionBytes + PartBytes;

    /// <summary>
    /// What S3 reports as <c>NumberOfObjects</c>: current and noncurrent versions, delete markers and the parts of uploads in progress
    /// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html">S3 storage metrics</see>).
    /// </summary>
    [JsonIgnore]
    public long Objects => Versions + DeleteMarkers + Parts;
}

/// <summary>What an organization has in one region, in one snapshot.</summary>
/// <param name="Region">The region that answers.</param>
/// <param name="Buckets">The organization's buckets there, in the order of their names.</param>
public sealed record RegionUsage(string Region, IReadOnlyList<BucketUsage> Buckets)
{
    /// <summary>All bytes: what is compared with the quota.</summary>
    [JsonIgnore]
    public long Bytes => Buckets.Sum(static b => b.Bytes);
}
