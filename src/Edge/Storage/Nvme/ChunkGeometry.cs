namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// How an object is cut into chunks, and a chunk into blocks. A full record (header and payload) is exactly 4 MiB, so that records fill
/// pages and segments without waste and every payload starts on a 4 KiB boundary of its file.
/// </summary>
internal static class ChunkGeometry
{
    /// <summary>The size of a full record on disk, in bytes: header and payload.</summary>
    public const int RecordSize = 4 << 20;

    /// <summary>The size of a record's header in bytes, and the alignment of records and payloads.</summary>
    public const int HeaderSize = 4096;

    /// <summary>The bytes of an object that one full chunk carries.</summary>
    public const int PayloadSize = RecordSize - HeaderSize;

    /// <summary>The unit of checksum, in bytes. A full chunk has 63 whole blocks and one of 60 KiB.</summary>
    public const int BlockSize = 64 << 10;

    /// <summary>The most blocks that a chunk can have.</summary>
    public const int MaxBlocks = (PayloadSize + BlockSize - 1) / BlockSize;

    /// <summary>The chunk that holds the byte at <paramref name="offset"/> of an object.</summary>
    public static int IndexOf(long offset) => checked((int)(offset / PayloadSize));

    /// <summary>The object offset of a chunk's first byte.</summary>
    public static long OffsetOf(int index) => (long)index * PayloadSize;

    /// <summary>A chunk's length in bytes within an object of <paramref name="objectSize"/> bytes: full but for the last; 0 past the end.</summary>
    public static int LengthOf(int index, long objectSize) => (int)Math.Clamp(objectSize - OffsetOf(index), 0, PayloadSize);

    /// <summary>The number of blocks in a payload of <paramref name="length"/> bytes.</summary>
    public static int BlocksOf(int length) => (length + BlockSize - 1) / BlockSize;

    /// <summary>The bytes that a payload of <paramref name="length"/> bytes occupies in the log: header, payload, zeros up to 4 KiB.</summary>
    public static int RecordSizeOf(int length) => HeaderSize + ((length + HeaderSize - 1) & ~(HeaderSize - 1));
}
