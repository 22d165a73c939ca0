using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>What the index knows of a chunk.</summary>
/// <param name="Id">The chunk.</param>
/// <param name="Location">Where its record lies.</param>
/// <param name="Organization">The number of whose it is, 0: unknown.</param>
/// <param name="Touches">How often it was wanted.</param>
internal readonly record struct StoredChunk(ChunkId Id, ChunkLocation Location, ushort Organization, Touches Touches)
{
    /// <summary>The record's bytes on disk.</summary>
    public int RecordSize => ChunkGeometry.RecordSizeOf(Location.Length);
}
