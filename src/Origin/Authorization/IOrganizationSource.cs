using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Authorization;

/// <summary>Where the facts of organizations come from: the identity database on the control plane's host, HTTP elsewhere.</summary>
internal interface IOrganizationSource
{
    /// <summary>Reads the facts of an organization.</summary>
    ValueTask<OrganizationReply> FindAsync(string id, CancellationToken cancellationToken);
}

/// <summary>An answer about an organization.</summary>
/// <param name="IsKnown">Whether there is an answer: false when the control plane can't be asked and nothing known may be used.</param>
/// <param name="Facts">The facts; null when there is no such organization.</param>
internal readonly record struct OrganizationReply(bool IsKnown, OrganizationFacts? Facts);
