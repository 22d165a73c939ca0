using System.Globalization;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Caching;

/// <summary>
/// The facts of the organizations whose callers come here, with their access policies compiled. While the control feed is live, cached facts that no
/// record refutes are in force; when it is silent the control plane is asked; when that can't be reached either, they decide until the configured
/// limit of silence, and after it nothing is decided: the edge fails closed.
/// </summary>
internal sealed class OrganizationCache(
    ControlPlane controlPlane, MetadataCache store, TimeSpan maxSilence, TimeProvider time, EdgeMetrics metrics, CancellationToken stopping)
    : FactCache<string, OrganizationFacts>(store, maxSilence, inMemory: true, time, metrics, stopping)
{
    protected override string Kind => "organization";

    protected override ChangeStream Stream(string name) => controlPlane.Changes;

    protected override string StoreKey(string name) => $"o/{name}";

    protected override bool TryWriteStoreKey(string name, Span<char> key, out int length) => key.TryWrite(CultureInfo.InvariantCulture, $"o/{name}", out length);

    protected override bool Covers(string name, CachedFact<OrganizationFacts> entry) =>
        controlPlane.Changes.Covers(entry.Stamp, ChangeName.Organization(name));

    protected override bool FailedRecently(string name) => controlPlane.FailedRecently;

    protected override async Task<(UpstreamFault Fault, OrganizationFacts? Fact, long AsOf)> QueryAsync(string name, CancellationToken cancellationToken)
    {
        var (fault, facts) = await controlPlane.OrganizationAsync(name, cancellationToken);
        return (fault, facts, facts?.AsOfSequence ?? 0);
    }
}
