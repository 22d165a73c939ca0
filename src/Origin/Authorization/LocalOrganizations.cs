using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.Authorization;

/// <summary>The facts of organizations from the identity database.</summary>
internal sealed class LocalOrganizations(OrganizationStore organizations) : IOrganizationSource
{
    public ValueTask<OrganizationReply> FindAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new OrganizationReply(IsKnown: true, organizations.Facts(id)));
}
