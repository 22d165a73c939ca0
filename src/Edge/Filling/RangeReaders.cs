using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Filling;

/// <summary>Opens readers of what a caller was authorised to read.</summary>
internal sealed class RangeReaders(ChunkStore store, FillTable fills, FillOptions options, EdgeMetrics metrics)
{
    /// <summary>A reader of the plan's bytes; the caller disposes it.</summary>
    public RangeReader Open(AuthorisedRead read, in ObjectReadPlan plan) =>
        new(store, fills, read.Version, read.Region, plan.Offset, plan.Length, options.ReadAheadChunks, metrics);
}
