using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Filling;

/// <summary>Where fills get their bytes. Every upstream read of a fill goes through here.</summary>
internal sealed class ChunkSources(EdgeMetrics metrics)
{
    /// <summary>Asks for a range of the version. Cancellation is the only exception.</summary>
    /// <param name="target">What is fetched.</param>
    /// <param name="offset">The first byte, within the object.</param>
    /// <param name="length">How many bytes; at most a chunk's, and within one chunk.</param>
    /// <param name="cancellationToken">Bounds the wait.</param>
    public async Task<RangeReply> OpenAsync(FillTarget target, long offset, int length, CancellationToken cancellationToken)
    {
        var reply = await target.Region.Ranges.OpenAsync(target.Version, offset, length, cancellationToken);
        metrics.SourceAsked(target.Region.Name, reply.Outcome);
        return reply;
    }
}
