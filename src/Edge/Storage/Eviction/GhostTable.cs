using System.Numerics;

namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>
/// Which chunks were evicted, or not admitted, lately: fingerprints of 31 bits in sets of eight, the oldest of a full set giving way. Bounded
/// by its construction; a wrong answer (one in some 250 million look-ups per fingerprint of the set) costs a needless write, never a wrong byte.
/// </summary>
internal sealed class GhostTable
{
    private const int Ways = 8;

    /// <summary>The bit of an entry that tells that the chunk was stored once.</summary>
    private const uint StoredBit = 1;

    private readonly uint[] _fingerprints;
    private readonly byte[] _next;
    private readonly int _setMask;
    private readonly Lock _gate = new();

    /// <summary>Makes room for at least <paramref name="capacity"/> fingerprints, 4.1 bytes each.</summary>
    public GhostTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)((capacity + Ways - 1) / Ways));
        (_fingerprints, _next, _setMask) = (new uint[sets * Ways], new byte[sets], sets - 1);
    }

    /// <summary>Remembers a chunk.</summary>
    /// <param name="hash">A well-mixed hash of the chunk's identity.</param>
    /// <param name="wasStored">Whether it was stored, and evicted; otherwise it was not admitted.</param>
    public void Add(ulong hash, bool wasStored)
    {
        var (set, fingerprint) = Place(hash);
        lock (_gate)
        {
            var way = Find(set, fingerprint);
            if (way < 0)
            {
                way = (set * Ways) + _next[set];
                _next[set] = (byte)((_next[set] + 1) % Ways);
            }

            _fingerprints[way] = fingerprint | (wasStored ? StoredBit : 0);
        }
    }

    /// <summary>Whether a chunk that is remembered was stored once; null when it is not remembered.</summary>
    /// <param name="hash">The same hash as in <see cref="Add"/>.</param>
    public bool? WasStored(ulong hash)
    {
        var (set, fingerprint) = Place(hash);
        lock (_gate)
        {
            return Find(set, fingerprint) is >= 0 and var way ? (_fingerprints[way] & StoredBit) != 0 : null;
        }
    }

    /// <summary>Whether the chunk is remembered; if so it is forgotten, for it is about to be stored.</summary>
    /// <param name="hash">The same hash as in <see cref="Add"/>.</param>
    public bool TryTake(ulong hash)
    {
        var (set, fingerprint) = Place(hash);
        lock (_gate)
        {
            var way = Find(set, fingerprint);
            if (way < 0)
                return false;

            _fingerprints[way] = 0;
            return true;
        }
    }

    private int Find(int set, uint fingerprint)
    {
        for (var way = set * Ways; way < (set + 1) * Ways; way++)
        {
            if ((_fingerprints[way] & ~StoredBit) == fingerprint)
                return way;
        }

        return -1;
    }

    // Zero marks an empty place, so no fingerprint may be zero.
    private (int Set, uint Fingerprint) Place(ulong hash) => ((int)hash & _setMask, Math.Max(StoredBit << 1, (uint)(hash >> 32) & ~StoredBit));
}
