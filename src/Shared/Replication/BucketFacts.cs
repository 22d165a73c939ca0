using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.Replication;

/// <summary>What every tier must know of a bucket in order to route to it and to decide requests for it.</summary>
/// <param name="Name">The bucket's name, unique across the deployment.</param>
/// <param name="Region">Its home region, e.g. <c>ORD1</c>.</param>
/// <param name="OwnerOrganizationId">The organization that owns it.</param>
/// <param name="Acl">Its canned ACL.</param>
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
    long AsOfSequence);

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
