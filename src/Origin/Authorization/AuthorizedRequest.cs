using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Authorization;

/// <summary>A request that may be executed, with what its decision was based on, so that execution sees the same. Only <see cref="Authorizer"/> makes one.</summary>
internal sealed class AuthorizedRequest
{
    internal AuthorizedRequest(DecisionBasis basis, BucketRow? bucket, StoredVersion? version)
    {
        (Basis, Bucket, Version) = (basis, bucket, version);
    }

    public AuthenticatedRequest Authenticated => Basis.Authenticated;

    /// <summary>What further decisions of this request are based on: a copy's source, each key of a deletion.</summary>
    public DecisionBasis Basis { get; }

    /// <summary>The bucket addressed; null for operations above buckets.</summary>
    public BucketRow? Bucket { get; }

    /// <summary>The version that the request addresses; null when there is none, and for operations to which an existing one means nothing.</summary>
    public StoredVersion? Version { get; }
}
