using System.Collections.Immutable;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>A bucket of this region.</summary>
/// <param name="Id">Its identity in the catalog: a bucket of the same name made later has another.</param>
/// <param name="Facts">What is known of it.</param>
internal sealed record BucketRow(long Id, BucketFacts Facts);

/// <summary>A bucket to create.</summary>
/// <param name="Name">Its name, already validated.</param>
/// <param name="OwnerOrganizationId">Who owns it.</param>
/// <param name="Acl">Its canned ACL.</param>
/// <param name="Grants">Exactly what is granted; null when the canned ACL holds.</param>
/// <param name="Ownership">Who owns what others write; null when that was not said.</param>
/// <param name="HasObjectLock">Whether versions can be locked; they are then kept from the start.</param>
internal sealed record NewBucket(
    string Name, string OwnerOrganizationId, CannedAcl Acl, ImmutableArray<AclGrant>? Grants = null, ObjectOwnership? Ownership = null,
    bool HasObjectLock = false);

/// <summary>A change of a bucket, committed.</summary>
/// <param name="Bucket">The bucket after the change; after a deletion, as it last was.</param>
/// <param name="Sequence">The feed position of the change.</param>
internal sealed record CommittedBucket(BucketRow Bucket, long Sequence);

/// <summary>Which buckets to list.</summary>
/// <param name="OwnerOrganizationId">Only this owner's; null for all.</param>
/// <param name="Prefix">Only names that begin with this.</param>
/// <param name="After">Only names greater than this; empty from the start.</param>
/// <param name="Max">At most so many.</param>
internal sealed record BucketListQuery(string? OwnerOrganizationId, string Prefix = "", string After = "", int Max = 10_000);

/// <summary>A page of buckets in byte order of their names.</summary>
/// <param name="Buckets">The buckets.</param>
/// <param name="IsTruncated">Whether more follow the last one.</param>
internal sealed record BucketPage(IReadOnlyList<BucketRow> Buckets, bool IsTruncated);
