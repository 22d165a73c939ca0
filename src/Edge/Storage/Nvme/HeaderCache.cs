namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The block checksums of chunks that were read lately, so that reading a chunk piece by piece reads its header once. Direct-mapped: a chunk
/// takes the place of another. At most 8,192 entries of some 400 bytes.
/// </summary>
internal sealed class HeaderCache
{
    private const int SlotBits = 13;

    private readonly Entry?[] slots = new Entry?[1 << SlotBits];

    /// <summary>The checksums of that record of that chunk, or null.</summary>
    public uint[]? Find(ChunkId id, ChunkLocation location)
    {
        var entry = Volatile.Read(ref slots[SlotOf(location)]);
        return entry is not null && entry.Location == location && entry.Id == id ? entry.BlockChecksums : null;
    }

    /// <summary>Keeps the checksums of an intact header.</summary>
    public void Keep(ChunkId id, ChunkLocation location, uint[] blockChecksums) =>
        Volatile.Write(ref slots[SlotOf(location)], new Entry(id, location, blockChecksums));

    private static int SlotOf(ChunkLocation location) =>
        (int)((ulong)(location.Address / ChunkGeometry.HeaderSize) * 0x9E3779B97F4A7C15 >> (64 - SlotBits));

    private sealed record Entry(ChunkId Id, ChunkLocation Location, uint[] BlockChecksums);
}
