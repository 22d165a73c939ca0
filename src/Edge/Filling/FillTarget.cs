using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Filling;

/// <summary>What a fetch is of, and for whom.</summary>
/// <param name="Version">The version whose bytes are fetched.</param>
/// <param name="Region">Its home region.</param>
/// <param name="Organization">Whose share of the node's budget the fetch takes: the organization that asks, or the object's owner when none does.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="RegionOnly">Whether only the region is asked, and no other edge: so for all that another edge asks for.</param>
internal sealed record FillTarget(VersionFacts Version, Region Region, string Organization, FillPriority Priority, bool RegionOnly = false)
{
    /// <summary>Whether an operator has ordered it: the cache then takes it whatever its write budget says.</summary>
    public bool IsOrdered { get; init; }
}
