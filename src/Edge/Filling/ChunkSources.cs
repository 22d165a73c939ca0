using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Filling;

/// <summary>Where fills get their bytes: from the peer whose the chunk is, or from the region. Every upstream read of a fill goes through here.</summary>
internal sealed class ChunkSources(PeerSources? peers, EdgeMetrics metrics)
{
    /// <summary>Whether a fill that begins now would ask another edge first.</summary>
    public bool AsksPeers(FillTarget target, ChunkId id) => !target.RegionOnly && peers?.OwnerOf(id) is not null;

    /// <summary>
    /// Asks for a range of the version: the chunk's owner, the next one when that turns out to be dead, and the region when there is no other edge to
    /// ask. Cancellation is the only exception.
    /// </summary>
    /// <param name="target">What is fetched.</param>
    /// <param name="offset">The first byte, within the object.</param>
    /// <param name="length">How many bytes; at most a chunk's, and within one chunk.</param>
    /// <param name="failed">The peer that was asked in vain before; null when none was.</param>
    /// <param name="cancellationToken">Bounds the wait.</param>
    public async Task<RangeReply> OpenAsync(FillTarget target, long offset, int length, Peer? failed, CancellationToken cancellationToken)
    {
        if (peers is not null && !target.RegionOnly &&
            await peers.OpenAsync(target, offset, length, failed, cancellationToken) is { } answer)
        {
            return answer;
        }

        var reply = await target.Region.Ranges.OpenAsync(target.Version, offset, length, cancellationToken);
        metrics.SourceAsked(target.Region.Name, reply.Outcome);
        return reply;
    }

    /// <summary>Bytes of a reply arrived.</summary>
    public void Received(RangeReply reply, FillTarget target, int count)
    {
        if (reply.Peer is { } peer)
        {
            peers!.Received(peer, count);
        }
        else
        {
            metrics.FilledBytes(target.Region.Name, count);
        }
    }

    /// <summary>Whether what a fill fetched is to be kept here: all but chunks that came from another edge and are not hot here. Blocks take little room.</summary>
    public bool IsKept(ChunkFill fill, FillTarget target) =>
        fill.Peer is null || fill.Extent.IsBlocks || target.Priority == FillPriority.WarmUp || peers!.IsWorthKeeping(fill.Id, fill.Reader, fill.IsShared);
}
