using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace EdgeCache.Edge.Upstream;

/// <summary>The regions of the deployment, by name without regard to case.</summary>
internal sealed class RegionSet
{
    private readonly FrozenDictionary<string, Region> _byName;

    public RegionSet(IReadOnlyList<Region> regions, string defaultRegion)
    {
        All = regions;
        _byName = regions.ToFrozenDictionary(static r => r.Name, StringComparer.OrdinalIgnoreCase);
        Default = defaultRegion.Length == 0 ? regions[0] : _byName[defaultRegion];
    }

    public IReadOnlyList<Region> All { get; }

    /// <summary>The region of requests that name no bucket.</summary>
    public Region Default { get; }

    public bool TryGet(string? name, [NotNullWhen(true)] out Region? region)
    {
        region = null;
        return name is not null && _byName.TryGetValue(name, out region);
    }
}
