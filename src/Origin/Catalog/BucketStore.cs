using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>The buckets of the region.</summary>
internal sealed class BucketStore
{
    /// <summary>The bucket of that name; null when the region has none.</summary>
    public Task<BucketRow?> FindAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Creates a bucket. BucketAlreadyOwnedByYou or BucketAlreadyExists when the region has one of that name.</summary>
    public Task<Outcome<CommittedBucket>> CreateAsync(NewBucket bucket, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes a bucket and the uploads in progress in it. BucketNotEmpty while it has versions or delete markers.</summary>
    public Task<Outcome<CommittedBucket>> DeleteAsync(long bucketId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Enables or suspends versioning; <see cref="BucketVersioning.Unversioned"/> can't be returned to and is InvalidArgument.</summary>
    public Task<Outcome<CommittedBucket>> SetVersioningAsync(long bucketId, BucketVersioning versioning, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Replaces the canned ACL.</summary>
    public Task<Outcome<CommittedBucket>> SetAclAsync(long bucketId, CannedAcl acl, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Lists buckets in byte order of their names.</summary>
    public Task<BucketPage> ListAsync(BucketListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();
}
