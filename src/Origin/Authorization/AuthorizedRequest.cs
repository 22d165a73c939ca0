using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Authorization;

/// <summary>A request that may be executed, with what its decision was based on, so that execution sees the same. Only <see cref="Authorizer"/> makes one.</summary>
internal sealed class AuthorizedRequest
{
    internal AuthorizedRequest(AuthenticatedRequest authenticated, BucketRow? bucket, StoredVersion? version)
    {
        (Authenticated, Bucket, Version) = (authenticated, bucket, version);
    }

    public AuthenticatedRequest Authenticated { get; }

    /// <summary>The bucket addressed; null for operations above buckets.</summary>
    public BucketRow? Bucket { get; }

    /// <summary>The version that a read addresses; null when there is none, and for operations that are not reads of an object.</summary>
    public StoredVersion? Version { get; }
}
