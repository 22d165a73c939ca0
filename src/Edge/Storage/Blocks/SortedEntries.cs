using System.Buffers;
using System.Runtime.CompilerServices;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>The blocks that a segment stores, sorted by the shard of the index that they belong to, and otherwise in their order.</summary>
internal sealed class SortedEntries : IDisposable
{
    private readonly BlockEntry[] _entries;
    private readonly int[] _ends = new int[BlockIndex.Shards];

    /// <summary>Sorts what a segment has; dropped ones are left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // A start is over before the runtime has found out what is worth compiling well.
    public SortedEntries(List<BlockEntry> entries)
    {
        var counts = new int[BlockIndex.Shards];
        foreach (var entry in entries)
        {
            if (entry.Kind == BlockRecordKind.Stored)
                counts[BlockIndex.ShardNumber(entry.Hash)]++;
        }

        var total = 0;
        for (var shard = 0; shard < BlockIndex.Shards; shard++)
        {
            _ends[shard] = total; // Where it begins, which the second pass moves to where it ends.
            total += counts[shard];
        }

        _entries = ArrayPool<BlockEntry>.Shared.Rent(total);
        foreach (var entry in entries)
        {
            if (entry.Kind == BlockRecordKind.Stored)
                _entries[_ends[BlockIndex.ShardNumber(entry.Hash)]++] = entry;
        }
    }

    /// <summary>Those of one shard.</summary>
    public ReadOnlySpan<BlockEntry> OfShard(int shard)
    {
        var start = shard == 0 ? 0 : _ends[shard - 1];
        return _entries.AsSpan(start, _ends[shard] - start);
    }

    /// <summary>Gives the memory back; nothing that was given out may be used any more.</summary>
    public void Dispose() => ArrayPool<BlockEntry>.Shared.Return(_entries);
}
