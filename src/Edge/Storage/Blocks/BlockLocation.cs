namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>Where a block's record lies. An address is never used twice while the index may name it.</summary>
/// <param name="Address">The segment's number times 2^32, plus the record's offset in the segment's file, a multiple of 64.</param>
/// <param name="Length">The payload's length in bytes.</param>
internal readonly record struct BlockLocation(long Address, int Length)
{
    public BlockLocation(int segment, int offset, int length)
        : this(((long)segment << 32) | (uint)offset, length)
    {
    }

    /// <summary>The segment's number.</summary>
    public int Segment => (int)(Address >> 32);

    /// <summary>The record's first byte in the segment's file.</summary>
    public int Offset => (int)Address;

    /// <summary>The record's bytes on disk, padding included.</summary>
    public int RecordSize => BlockRecord.SizeOf(Length);
}
