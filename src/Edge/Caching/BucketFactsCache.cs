using System.Globalization;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Caching;

/// <summary>What a bucket is looked up by: its facts are asked of one region.</summary>
internal readonly record struct RegionalBucket(Region Region, string Bucket);

/// <summary>The facts of buckets, as their home region has them.</summary>
internal sealed class BucketFactsCache(MetadataCache store, TimeSpan maxStaleness, TimeProvider time, EdgeMetrics metrics, CancellationToken stopping)
    : FactCache<RegionalBucket, BucketFacts>(store, maxStaleness, inMemory: false, time, metrics, stopping)
{
    protected override string Kind => "bucket";

    protected override ChangeStream Stream(RegionalBucket name) => name.Region.Changes;

    protected override string StoreKey(RegionalBucket name) => $"b/{name.Region.Name}/{name.Bucket}";

    protected override bool TryWriteStoreKey(RegionalBucket name, Span<char> key, out int length) => key.TryWrite(CultureInfo.InvariantCulture, $"b/{name.Region.Name}/{name.Bucket}", out length);

    protected override bool Covers(RegionalBucket name, CachedFact<BucketFacts> entry) =>
        name.Region.Changes.Covers(entry.Stamp, ChangeName.Bucket(name.Bucket));

    protected override bool FailedRecently(RegionalBucket name) => name.Region.FailedRecently;

    protected override async Task<(UpstreamFault Fault, BucketFacts? Fact, long AsOf)> QueryAsync(RegionalBucket name, CancellationToken cancellationToken)
    {
        var (fault, facts) = await name.Region.BucketAsync(name.Bucket, cancellationToken);
        return (fault, facts, facts?.AsOfSequence ?? 0);
    }
}
