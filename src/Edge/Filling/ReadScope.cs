using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Http;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// What a read moves of the chunks that it touches: all of them, or only the blocks. Blocks alone are moved by ranges of less than <see cref="Limit"/> that
/// do not continue a long sequential read, and of each chunk only if there is a block that the range leaves out. An object that fits a block
/// is a block.
/// </summary>
internal readonly struct ReadScope
{
    /// <summary>Ranges shorter than this, in bytes, are small: many of them in a chunk are a reason to fetch all of it.</summary>
    public const int SmallRange = 256 << 10;

    /// <summary>
    /// Half a chunk, in bytes. Ranges of this length or more move whole chunks: at most three times their bytes, which ranges next to them use. Below,
    /// the chunk would be more than twice the range; a scattered 1 MiB costs 1.06 times its bytes in blocks, and 4 to 8 times in chunks.
    /// </summary>
    public const int Limit = 2 << 20;

    private readonly long _end;
    private readonly long _offset;
    private readonly long _size;
    private readonly bool _isSparse;

    public ReadScope(long objectSize, ByteRange range, ReadPattern pattern)
    {
        _size = objectSize;
        _offset = range.Offset;
        _end = range.Offset + range.Length;
        IsSmall = range.Length < SmallRange;
        _isSparse = objectSize <= FillExtent.SmallObject || (range.Length < Limit && pattern.Streak < Limit);
    }

    /// <summary>Whether the range is small.</summary>
    public bool IsSmall { get; }

    /// <summary>Whether it moves only blocks of a chunk.</summary>
    public bool IsSparse(int index)
    {
        if (!_isSparse || _size <= FillExtent.SmallObject)
        {
            return _isSparse;
        }

        var last = ChunkGeometry.BlocksOf(ChunkGeometry.LengthOf(index, _size)) - 1;
        return FirstBlock(index) > 0 || LastBlock(index) < last;
    }

    /// <summary>Whether a chunk, from the range's first on, has bytes of the range.</summary>
    public bool Touches(int index) => ChunkGeometry.OffsetOf(index) < _end;

    /// <summary>The first block of a chunk that it touches.</summary>
    public int FirstBlock(int index) => (int)(Math.Max(0, _offset - ChunkGeometry.OffsetOf(index)) / ChunkGeometry.BlockSize);

    /// <summary>The last block of a chunk that it touches.</summary>
    public int LastBlock(int index) =>
        (int)((Math.Min(ChunkGeometry.LengthOf(index, _size), _end - ChunkGeometry.OffsetOf(index)) - 1) / ChunkGeometry.BlockSize);
}
