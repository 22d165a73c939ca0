using System.Globalization;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Caching;

/// <summary>What a version is looked up by.</summary>
/// <param name="Region">The bucket's home region.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version id asked for; null for the current version.</param>
internal readonly record struct VersionName(Region Region, string Bucket, string Key, string? VersionId);

/// <summary>Which version a key names: the one mapping that can go stale, since bytes are cached by generation.</summary>
internal sealed class VersionCache(MetadataCache store, TimeSpan maxStaleness, TimeProvider time, EdgeMetrics metrics, CancellationToken stopping)
    : FactCache<VersionName, VersionFacts>(store, maxStaleness, inMemory: false, time, metrics, stopping)
{
    protected override string Kind => "version";

    protected override ChangeStream Stream(VersionName name) => name.Region.Changes;

    // A bucket name has no slash, and a version id comes first so that no key can imitate it.
    protected override string StoreKey(VersionName name) => $"v/{name.Region.Name}/{name.Bucket}/{(name.VersionId is null ? "" : Uri.EscapeDataString(name.VersionId))}/{name.Key}";

    protected override bool TryWriteStoreKey(VersionName name, Span<char> key, out int length)
    {
        length = 0;
        return name.VersionId is null && key.TryWrite(CultureInfo.InvariantCulture, $"v/{name.Region.Name}/{name.Bucket}//{name.Key}", out length);
    }

    protected override bool Covers(VersionName name, CachedFact<VersionFacts> entry)
    {
        var changes = name.Region.Changes;
        return changes.Covers(entry.Stamp, ChangeName.Object(name.Bucket, name.Key)) && changes.Covers(entry.Stamp, ChangeName.AllObjects(name.Bucket));
    }

    protected override bool FailedRecently(VersionName name) => name.Region.FailedRecently;

    protected override async Task<(UpstreamFault Fault, VersionFacts? Fact, long AsOf)> QueryAsync(VersionName name, CancellationToken cancellationToken)
    {
        var (fault, reply) = await name.Region.ResolveAsync(name.Bucket, name.Key, name.VersionId, cancellationToken);
        return (fault, reply?.Version, reply?.AsOfSequence ?? 0);
    }
}
