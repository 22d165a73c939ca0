using System.Collections.Immutable;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Iam;

/// <summary>What of an object bears on who may read it.</summary>
/// <param name="OwnerOrganizationId">The organization that owns it.</param>
/// <param name="Acl">Its canned ACL; holds only without <paramref name="Grants"/>.</param>
/// <param name="Grants">Exactly what is granted; null when the canned ACL holds.</param>
public sealed record ObjectAccess(string OwnerOrganizationId, CannedAcl Acl, ImmutableArray<AclGrant>? Grants = null)
{
    /// <summary>
    /// There is no such object. Who may list the bucket may learn that (404); to others absence and refusal look alike (403).
    /// </summary>
    public static ObjectAccess Absent { get; } = new(string.Empty, CannedAcl.Private);

    /// <summary>Its tags.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ObjectTags.None;

    /// <summary>The access facts of a version; a delete marker is absence, and so is null.</summary>
    public static ObjectAccess Of(VersionFacts? facts) =>
        facts is null or { IsDeleteMarker: true } ? Absent : new ObjectAccess(facts.OwnerOrganizationId, facts.Acl, facts.Grants) { Tags = facts.Tags };
}
