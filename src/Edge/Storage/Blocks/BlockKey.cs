using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>The name of one block of a chunk.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Block">The block's number within the chunk, from 0 to <see cref="ChunkGeometry.MaxBlocks"/> - 1.</param>
internal readonly record struct BlockKey(ChunkId Chunk, int Block)
{
    /// <summary>
    /// The name in 64 bits, by which the index knows the block. Two names of a store of a hundred million blocks share theirs with a probability of
    /// one in four thousand; then one takes the other's place, and whoever reads finds another name in the record than it asked for.
    /// </summary>
    public ulong Hash => ChunkId.Mix(Chunk.Hash + ((ulong)(Block + 1) * 0x9E3779B97F4A7C15));
}
