using System.Diagnostics.Metrics;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// What organizations have in the cache, and pins, as instruments on the meter <c>EdgeCache.Edge</c>. The label <c>organization</c> is one of the configured
/// ones, or <c>other</c> for all the rest.
/// </summary>
internal sealed class CacheMetrics
{
    private const string Others = "other";

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Null: nothing is published.</param>
    /// <param name="cache">The cache; null while it is not open.</param>
    public CacheMetrics(IMeterFactory? meterFactory, Func<ChunkCache?> cache)
    {
        if (meterFactory?.Create(ChunkStoreMetrics.MeterName) is not { } meter)
            return;

        Gauge("edgecache.edge.organization.cached", "Disk space of an organization's cached chunks and blocks.", static state => state.Bytes);
        Gauge("edgecache.edge.organization.floor", "Disk space that an organization is sure of.", static state => state.FloorBytes > 0 ? state.FloorBytes : null);
        Gauge("edgecache.edge.organization.cap", "Disk space that an organization is held to.", static state => state.CapBytes);
        meter.CreateObservableCounter(
            "edgecache.edge.organization.refused", () => Measure(static state => state.Refused), "{chunk}", "Chunks and blocks that an organization's cap kept out.");
        meter.CreateObservableGauge("edgecache.edge.pins", () => cache() is { } now ? now.Pins.List().Count : 0, "{pin}", "Pinned versions of objects.");
        meter.CreateObservableGauge("edgecache.edge.pinned", () => cache()?.Pins.PinnedBytes ?? 0, "By", "Disk space of pinned objects, when they are here.");

        void Gauge(string name, string description, Func<OrganizationState, long?> select) =>
            meter.CreateObservableGauge(name, () => Measure(select), "By", description);

        IEnumerable<Measurement<long>> Measure(Func<OrganizationState, long?> select)
        {
            foreach (var state in cache()?.Organizations ?? [])
            {
                if (select(state) is { } value)
                    yield return new Measurement<long>(value, new KeyValuePair<string, object?>("organization", state.Organization.Length == 0 ? Others : state.Organization));
            }
        }
    }
}
