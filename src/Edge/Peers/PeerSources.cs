using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Peers;

/// <summary>The other edges as a source of chunks.</summary>
internal sealed class PeerSources(PeerSet peers, PeerClient client, LocalCopies copies, PeerMetrics metrics)
{
    /// <summary>The most edges that one range is asked of: the owner, and whoever owns it once that one is found dead.</summary>
    private const int MaxAsked = 2;

    /// <summary>The peer whose a chunk is; null when it is this edge's own.</summary>
    public Peer? OwnerOf(ChunkId id) => peers.OwnerOf(id);

    /// <summary>Asks the owner of a range's chunk, and the next one when that turns out to be dead; null when the region is to be asked.</summary>
    public async Task<RangeReply?> OpenAsync(FillTarget target, long offset, int length, Peer? failed, CancellationToken cancellationToken)
    {
        var id = new ChunkId(target.Version.Generation, ChunkGeometry.IndexOf(offset));
        for (var asked = 0; asked < MaxAsked && peers.OwnerOf(id) is { } owner && owner != failed; asked++)
        {
            var reply = await client.OpenAsync(owner, PeerRequest.Of(target, offset, length), cancellationToken);
            if (reply.Outcome != RangeOutcome.Unreachable)
            {
                return reply;
            }

            reply.Dispose();
            failed = owner;
        }

        return null;
    }

    public void Received(Peer peer, int count) => metrics.Received(peer, count);

    /// <summary>Whether a chunk that came from a peer is worth a copy here: see <see cref="LocalCopies"/>; or has become this edge's own.</summary>
    public bool IsWorthKeeping(ChunkId id, byte reader, bool isShared)
    {
        var kept = peers.OwnerOf(id) is null | copies.IsWorthKeeping(id, reader, isShared);
        metrics.Copied(kept);
        return kept;
    }
}
