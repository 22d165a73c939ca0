using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Filling;

/// <summary>Opens readers of what a caller was authorised to read.</summary>
internal sealed class RangeReaders(ChunkCache store, FillTable fills, FillOptions options, EdgeMetrics metrics)
{
    /// <summary>A reader of the plan's bytes; the caller disposes it.</summary>
    /// <param name="read">What may be read.</param>
    /// <param name="plan">Which bytes.</param>
    /// <param name="reader">A hash of who reads: eviction tells readers apart.</param>
    public RangeReader Open(AuthorisedRead read, in ObjectReadPlan plan, byte reader) =>
        new(store, fills, TargetOf(read), reader, plan.Offset, plan.Length, options.ReadAheadChunks, metrics);

    private static FillTarget TargetOf(AuthorisedRead read)
    {
        var organization = read.Caller.Principal.OrganizationId;
        return new(read.Version, read.Region, organization is { Length: > 0 } ? organization : read.Version.OwnerOrganizationId, FillPriority.Foreground);
    }
}
