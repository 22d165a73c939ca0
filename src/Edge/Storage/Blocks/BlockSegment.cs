using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>A segment's summary has one for each record, in the order of the file.</summary>
/// <param name="Hash">The block's <see cref="BlockKey.Hash"/>.</param>
/// <param name="Kind">What the record says.</param>
/// <param name="Location">Where it lies; of length 1 when it drops a block.</param>
/// <param name="Organization">The number of whose it is.</param>
internal readonly record struct BlockEntry(ulong Hash, BlockRecordKind Kind, BlockLocation Location, ushort Organization)
{
    /// <summary>The size on disk, in bytes: hash (u64), offset divided by 64 (u32, the highest bit set when it drops), length less 1 (u16), organization (u16).</summary>
    public const int Size = 16;

    private const uint DropBit = 1u << 31;

    /// <summary>Writes the entry.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Hash);
        var place = (uint)Location.Offset / BlockRecord.HeaderSize;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Kind == BlockRecordKind.Dropped ? place | DropBit : place);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[12..], (ushort)Math.Max(0, Location.Length - 1));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[14..], Organization);
    }

    /// <summary>Reads an entry of a summary that was found intact.</summary>
    public static BlockEntry Read(ReadOnlySpan<byte> source, int segment)
    {
        var place = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        return new BlockEntry(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            (place & DropBit) != 0 ? BlockRecordKind.Dropped : BlockRecordKind.Stored,
            new BlockLocation(segment, (int)((place & ~DropBit) * BlockRecord.HeaderSize), BinaryPrimitives.ReadUInt16LittleEndian(source[12..]) + 1),
            BinaryPrimitives.ReadUInt16LittleEndian(source[14..]));
    }
}

/// <summary>
/// The head of a segment's file, 64 bytes, little-endian. Its records follow.
/// <code>
///    0  u32  magic "ECBS"
///    4  u16  version, 1
///    6  u16  zero, reserved
///    8  i32  the segment's number
///   12  u32  seed of the checksums of record headers: random, the same in all segments of a store
///   16  i64  size of a segment when the file was made
///   24  36   zeros, reserved
///   60  u32  CRC32C of bytes 0 to 59
/// </code>
/// </summary>
internal readonly record struct SegmentHead(int Segment, uint Seed, long SegmentSize)
{
    /// <summary>The size on disk, in bytes.</summary>
    public const int Size = BlockRecord.HeaderSize;

    private const uint Magic = 0x53424345;
    private const ushort Version = 1;
    private const int ChecksumOffset = Size - sizeof(uint);

    /// <summary>A seed that nobody can guess, for a new store.</summary>
    public static uint NewSeed()
    {
        Span<byte> seed = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(seed);
        return MemoryMarshal.Read<uint>(seed);
    }

    /// <summary>Writes the head.</summary>
    public void Write(Span<byte> head)
    {
        head = head[..Size];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], Segment);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], Seed);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], SegmentSize);
        BinaryPrimitives.WriteUInt32LittleEndian(head[ChecksumOffset..], Crc32C.Append(0, head[..ChecksumOffset]));
    }

    /// <summary>Reads the head of a segment's file; null when it is damaged or of another segment.</summary>
    public static SegmentHead? TryRead(ReadOnlySpan<byte> head, int segment)
    {
        if (head.Length < Size ||
            BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic ||
            BinaryPrimitives.ReadUInt16LittleEndian(head[4..]) != Version ||
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]) != segment ||
            BinaryPrimitives.ReadUInt32LittleEndian(head[ChecksumOffset..]) != Crc32C.Append(0, head[..ChecksumOffset]))
        {
            return null;
        }

        return new SegmentHead(segment, BinaryPrimitives.ReadUInt32LittleEndian(head[12..]), BinaryPrimitives.ReadInt64LittleEndian(head[16..]));
    }
}
