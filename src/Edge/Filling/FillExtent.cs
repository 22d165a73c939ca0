using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>The part of a chunk that a fill fetches: all of it, or a run of its blocks.</summary>
/// <param name="Start">The first byte within the chunk; a block's first.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="IsWhole">Whether it is all of the chunk.</param>
/// <param name="IsBlocks">Whether what is fetched is stored block by block: a run, or a small object.</param>
internal readonly record struct FillExtent(int Start, int Length, bool IsWhole, bool IsBlocks)
{
    /// <summary>Objects of at most this many bytes are stored as a block, without a chunk of their own.</summary>
    public const int SmallObject = ChunkGeometry.BlockSize;

    /// <summary>The number of the first block.</summary>
    public int FirstBlock => Start / ChunkGeometry.BlockSize;

    /// <summary>The number of the last block.</summary>
    public int LastBlock => (Start + Length - 1) / ChunkGeometry.BlockSize;

    /// <summary>All of a chunk.</summary>
    /// <param name="index">The chunk's number within the object.</param>
    /// <param name="objectSize">The object's size in bytes.</param>
    public static FillExtent Whole(int index, long objectSize) =>
        new(0, ChunkGeometry.LengthOf(index, objectSize), IsWhole: true, IsBlocks: objectSize <= SmallObject);

    /// <summary>Some blocks of a chunk.</summary>
    /// <param name="index">The chunk's number within the object.</param>
    /// <param name="objectSize">The object's size in bytes.</param>
    /// <param name="firstBlock">The number of the first block.</param>
    /// <param name="lastBlock">The number of the last block.</param>
    public static FillExtent Run(int index, long objectSize, int firstBlock, int lastBlock)
    {
        var chunk = ChunkGeometry.LengthOf(index, objectSize);
        var start = firstBlock * ChunkGeometry.BlockSize;
        var length = Math.Min(chunk, (lastBlock + 1) * ChunkGeometry.BlockSize) - start;
        return length == chunk ? Whole(index, objectSize) : new(start, length, IsWhole: false, IsBlocks: true);
    }

    /// <summary>Whether it has a byte of the chunk.</summary>
    public bool Covers(int within) => within >= Start && within < Start + Length;
}
