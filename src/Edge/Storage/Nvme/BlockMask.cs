namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>Sets of a chunk's blocks, a bit each: block 0 is the lowest. A chunk has at most 64 blocks.</summary>
internal static class BlockMask
{
    /// <summary>Every block.</summary>
    public const ulong All = ulong.MaxValue;

    /// <summary>The blocks that a range of the payload touches; its length is at least one byte.</summary>
    public static ulong Of(int offset, int length)
    {
        var first = offset / ChunkGeometry.BlockSize;
        var last = (offset + length - 1) / ChunkGeometry.BlockSize;
        return (All << first) & (All >> (63 - last));
    }
}
