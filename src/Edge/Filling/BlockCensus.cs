using System.Numerics;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// Counts which blocks of cold chunks were fetched by themselves, to tell when all of a chunk is worth fetching: when small ranges had a quarter of its
/// blocks fetched, and at least two; or when 7/8 of them were, by ranges of whatever size. It knows the 8,192 chunks that were counted last.
/// </summary>
internal sealed class BlockCensus
{
    private const int MaxChunks = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<ChunkId, (ulong Single, ulong Any)> _counts = [];
    private readonly Queue<ChunkId> _order = new();

    /// <summary>Counts a run of blocks.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="extent">The run.</param>
    /// <param name="single">Whether a small range wanted it.</param>
    /// <param name="blocks">How many blocks the chunk has.</param>
    /// <returns>Whether all of the chunk should be fetched now. The count then begins anew.</returns>
    public bool Note(ChunkId id, in FillExtent extent, bool single, int blocks)
    {
        var mask = (ulong.MaxValue >> (63 - extent.LastBlock + extent.FirstBlock)) << extent.FirstBlock;
        lock (_lock)
        {
            if (!_counts.TryGetValue(id, out var count))
            {
                if (_order.Count == MaxChunks)
                {
                    _counts.Remove(_order.Dequeue());
                }

                _order.Enqueue(id);
            }

            count = (count.Single | (single ? mask : 0), count.Any | mask);
            var isEnough = BitOperations.PopCount(count.Single) >= Math.Max(2, (blocks + 3) / 4) || BitOperations.PopCount(count.Any) * 8 >= blocks * 7;
            _counts[id] = isEnough ? default : count;
            return isEnough;
        }
    }
}
