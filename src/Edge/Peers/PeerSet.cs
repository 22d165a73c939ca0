using System.Collections.Immutable;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// The other edges of the datacenter, and whose a chunk is: that of the living ones and this one with the highest score for it (rendezvous hashing), so an edge
/// that comes or goes moves its own share and nothing else, and all that see the same edges agree without a word.
/// </summary>
internal sealed class PeerSet(string self)
{
    /// <summary>The most edges of a datacenter; further ones are not looked at.</summary>
    public const int MaxPeers = 64;

    private readonly ulong _seed = Peer.SeedOf(self);
    private ImmutableArray<Peer> _peers = [];

    /// <summary>This edge's name.</summary>
    public string Self => self;

    /// <summary>The others whose names are known, dead ones too.</summary>
    public ImmutableArray<Peer> All
    {
        get => ImmutableInterlocked.InterlockedCompareExchange(ref _peers, default, default);
        set => ImmutableInterlocked.InterlockedExchange(ref _peers, value);
    }

    /// <summary>How many others may be asked.</summary>
    public int Alive => All.Count(static peer => peer.IsAlive);

    /// <summary>The peer whose a chunk is; null when it is this edge's own.</summary>
    public Peer? OwnerOf(ChunkId id)
    {
        var hash = id.Hash;
        var highest = ChunkId.Mix(hash ^ _seed);
        Peer? owner = null;
        foreach (var peer in All)
        {
            if (peer.IsAlive && ChunkId.Mix(hash ^ peer.Seed) is var score && score > highest)
            {
                (owner, highest) = (peer, score);
            }
        }

        return owner;
    }
}
