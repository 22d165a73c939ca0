using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// Which chunks of other edges are hot here and thus worth a copy. What came from a peer is kept when it was fetched before for another reader, or
/// for the same one more than a minute ago: then it is wanted here again and again, not just once. A reader that takes a chunk in several ranges, as download
/// managers do, does not make it hot by that; only one that had it fetched <see cref="MaxFetches"/> times does, since the network would carry it over and over.
/// Bounded by its construction: sets of eight, the oldest of a full set giving way.
/// </summary>
internal sealed class LocalCopies(TimeProvider time)
{
    /// <summary>With so many fetches for one reader within a minute a chunk is kept too.</summary>
    public const int MaxFetches = 3;

    private const int Ways = 8;

    /// <summary>16,384 sets: half a terabyte of full chunks is remembered, in 1.5 MiB.</summary>
    private const int Sets = 1 << 14;

    private readonly Lock _lock = new();
    private readonly Entry[] _entries = new Entry[Sets * Ways];
    private readonly byte[] _next = new byte[Sets];

    /// <summary>A chunk came from a peer: whether to keep it.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="reader">A hash of who had it fetched.</param>
    /// <param name="isShared">Whether somebody else waited for it too.</param>
    public bool IsWorthKeeping(ChunkId id, byte reader, bool isShared)
    {
        var hash = id.Hash;
        var (set, fingerprint) = ((int)(hash & (Sets - 1)), Math.Max(1, (uint)(hash >> 32)));
        var tick = Touches.TickOf(time.GetElapsedTime(0, time.GetTimestamp()));
        lock (_lock)
        {
            var ways = _entries.AsSpan(set * Ways, Ways);
            var way = 0;
            while (way < Ways && ways[way].Fingerprint != fingerprint)
            {
                way++;
            }

            if (way == Ways)
            {
                way = _next[set];
                _next[set] = (byte)((way + 1) % Ways);
                ways[way] = new Entry { Fingerprint = fingerprint, Touches = Touches.By(reader, tick) };
            }
            else
            {
                ways[way].Touches.Add(reader, tick);
            }

            ref var entry = ref ways[way];
            entry.Fetches = (byte)Math.Min(entry.Fetches + 1, MaxFetches);
            return isShared || entry.Touches.Count > 0 || entry.Fetches == MaxFetches;
        }
    }

    private struct Entry
    {
        public uint Fingerprint;
        public Touches Touches;
        public byte Fetches;
    }
}
