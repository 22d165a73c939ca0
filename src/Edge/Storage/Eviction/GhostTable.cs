using System.Numerics;

namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>
/// Which chunks were evicted, or not admitted, lately: fingerprints of 32 bits in sets of eight, the oldest of a full set giving way. Bounded
/// by its construction; a wrong answer (one in some 500 million look-ups per fingerprint of the set) costs a needless write, never a wrong byte.
/// </summary>
internal sealed class GhostTable
{
    private const int Ways = 8;

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
    public void Add(ulong hash)
    {
        var (set, fingerprint) = Place(hash);
        lock (_gate)
        {
            var ways = _fingerprints.AsSpan(set * Ways, Ways);
            if (!ways.Contains(fingerprint))
            {
                ways[_next[set]] = fingerprint;
                _next[set] = (byte)((_next[set] + 1) % Ways);
            }
        }
    }

    /// <summary>Whether the chunk is remembered; if so it is forgotten, for it is about to be stored.</summary>
    /// <param name="hash">The same hash as in <see cref="Add"/>.</param>
    public bool TryTake(ulong hash)
    {
        var (set, fingerprint) = Place(hash);
        lock (_gate)
        {
            var way = _fingerprints.AsSpan(set * Ways, Ways).IndexOf(fingerprint);
            if (way < 0)
                return false;

            _fingerprints[(set * Ways) + way] = 0;
            return true;
        }
    }

    // Zero marks an empty place, so no fingerprint may be zero.
    private (int Set, uint Fingerprint) Place(ulong hash) => ((int)hash & _setMask, Math.Max(1, (uint)(hash >> 32)));
}
