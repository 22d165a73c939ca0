using System.Buffers.Binary;
using System.Numerics;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The sizes that give an address its meaning, fixed when a store's directory is made and kept beside the logs in the file <c>layout</c>, so
/// that a changed capacity does not invalidate what is stored. Little-endian:
/// <code>
///    0  u32  magic "ECLY"
///    4  u16  version, 1
///    6  u16  zero, reserved
///    8  i64  size of a payload segment
///   16  i64  size of a journal segment
///   24  i32  size of a journal page
///   28  u32  CRC32C of bytes 0 to 27
/// </code>
/// </summary>
internal sealed record ChunkLayout(long SegmentSize, long JournalSegmentSize, int JournalPageSize)
{
    /// <summary>The smallest payload segment, in bytes: two full records.</summary>
    public const long MinimumSegmentSize = 8L << 20;

    /// <summary>The largest payload segment, in bytes: eviction drops one at a time.</summary>
    public const long MaximumSegmentSize = 1L << 30;

    /// <summary>The fewest segments with which eviction by whole segments makes sense.</summary>
    public const int MinimumSegments = 4;

    /// <summary>The journal's share of the capacity: four times the entries of a store full of the smallest records, and a compaction's copy.</summary>
    private const int JournalShare = 16;

    private const string FileName = "layout";
    private const uint Magic = 0x594C4345;
    private const ushort Version = 1;
    private const int Size = 32;
    private const int ChecksumOffset = Size - sizeof(uint);

    /// <summary>The disk space that the journal may take, in bytes.</summary>
    public static long JournalBudget(long capacity) => capacity / JournalShare;

    /// <summary>How many payload segments fit into a capacity, evicted ones that are still held included.</summary>
    public int SegmentsWithin(long capacity) => (int)Math.Min(int.MaxValue, (capacity - JournalBudget(capacity)) / SegmentSize);

    /// <summary>The layout for a new store: some sixteen segments, or segments of 1 GiB.</summary>
    public static ChunkLayout For(long capacity, long? segmentSize)
    {
        var segment = segmentSize ?? PowerOfTwoUpTo(Math.Clamp(capacity / 16, MinimumSegmentSize, MaximumSegmentSize));
        var journalSegment = PowerOfTwoUpTo(Math.Clamp(JournalBudget(capacity) / 16, 256 << 10, 64 << 20));
        return new ChunkLayout(segment, journalSegment, (int)Math.Min(journalSegment, 256 << 10));
    }

    /// <summary>Reads a directory's layout; null when there is none that this version understands.</summary>
    public static ChunkLayout? TryLoad(string directory)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(directory, FileName)).AsSpan();
            if (bytes.Length != Size ||
                BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic ||
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) != Version ||
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Crc32C.Append(0, bytes[..ChecksumOffset]))
            {
                return null;
            }

            return new ChunkLayout(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes the layout so that a later open finds either all of it or nothing.</summary>
    public void Save(string directory)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), SegmentSize);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), JournalSegmentSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), JournalPageSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Append(0, bytes.AsSpan(0, ChecksumOffset)));
        var path = Path.Combine(directory, FileName);
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static long PowerOfTwoUpTo(long value) => 1L << BitOperations.Log2((ulong)value);
}
