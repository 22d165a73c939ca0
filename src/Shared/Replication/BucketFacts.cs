using System.Collections.Immutable;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Shared.Replication;

/// <summary>What every tier must know of a bucket in order to route to it and to decide requests for it.</summary>
/// <param name="Name">The bucket's name, unique across the deployment.</param>
/// <param name="Region">Its home region, e.g. <c>ORD1</c>.</param>
/// <param name="OwnerOrganizationId">The organization that owns it.</param>
/// <param name="Acl">Its canned ACL; holds only without <see cref="Grants"/>.</param>
/// <param name="Versioning">Whether new versions are kept.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="AsOfSequence">The position of the home region's change feed at which these facts were read.</param>
public sealed record BucketFacts(
    string Name,
    string Region,
    string OwnerOrganizationId,
    CannedAcl Acl,
    BucketVersioning Versioning,
    DateTimeOffset CreatedAt,
    long AsOfSequence)
{
    /// <summary>Exactly what the ACL grants; null when the canned ACL holds.</summary>
    public ImmutableArray<AclGrant>? Grants { get; init; }

    /// <summary>The bucket policy, if there is one.</summary>
    public BucketPolicy? Policy { get; init; }

    /// <summary>What is ruled out of public access; null when that was never configured.</summary>
    public PublicAccessBlock? PublicAccess { get; init; }

    /// <summary>Who owns what others write, and whether ACLs count; null when that was never configured.</summary>
    public ObjectOwnership? Ownership { get; init; }

    /// <summary>Whether edges ask the home region on every read which version a key names, and answer 503 rather than what may be old.</summary>
    public bool StrongReads { get; init; }

    /// <summary>Whether versions can be locked; never switched off again.</summary>
    public bool HasObjectLock { get; init; }

    /// <summary>How new objects are encrypted whose request does not say.</summary>
    public ObjectEncryption DefaultEncryption { get; init; }

    /// <summary>The retention of new versions that bring none; null for none.</summary>
    public DefaultRetention? DefaultRetention { get; init; }

    /// <summary>What else its owner configured.</summary>
    public BucketConfigurations Configurations { get; init; } = BucketConfigurations.None;
}

/// <summary>The versioning state of a bucket.</summary>
public enum BucketVersioning
{
    /// <summary>Never enabled: one version per key, whose version id is not reported.</summary>
    Unversioned,

    /// <summary>Every write makes a new version.</summary>
    Enabled,

    /// <summary>Writes replace the null version; older versions stay.</summary>
    Suspended,
}
