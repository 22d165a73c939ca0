using System.Buffers.Binary;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>What a record says of its block. The numbers are on disk.</summary>
internal enum BlockRecordKind : byte
{
    /// <summary>Its bytes follow.</summary>
    Stored = 1,

    /// <summary>Earlier records of it no longer count.</summary>
    Dropped = 2,
}

/// <summary>
/// The header of a record in the block store, 64 bytes; the payload follows, then zeros up to the next multiple of 64. Little-endian:
/// <code>
///    0  u32  magic "ECBK"
///    4  u8   version, 1
///    5  u8   kind: 1 stored, 2 dropped
///    6  u16  number of the organization in the drive's table, 0: unknown
///    8  16   generation, big-endian
///   24  i32  index of the chunk within the object
///   28  i32  number of the block within the chunk, 0 to 63
///   32  i32  length of the payload, 1 to 65536; 0 when dropped
///   36  u32  CRC32C of the payload
///   40  i64  where the record lies: segment × 2^32 + offset in the file
///   48  12   zeros, reserved
///   60  u32  CRC32C of bytes 0 to 59, begun from the store's seed
/// </code>
/// The seed keeps bytes of an object, which a client chooses, from passing for a record; the address, a record that was copied elsewhere.
/// </summary>
internal readonly record struct BlockRecord(BlockRecordKind Kind, BlockKey Key, BlockLocation Location, ushort Organization, uint PayloadChecksum)
{
    /// <summary>The size of the header in bytes, and the alignment of records.</summary>
    public const int HeaderSize = 64;

    /// <summary>The largest record, in bytes.</summary>
    public const int MaxSize = HeaderSize + ChunkGeometry.BlockSize;

    private const uint Magic = 0x4B424345;
    private const byte Version = 1;
    private const int ChecksumOffset = HeaderSize - sizeof(uint);

    /// <summary>The bytes that a record with a payload of <paramref name="length"/> bytes takes on disk.</summary>
    public static int SizeOf(int length) => HeaderSize + ((length + HeaderSize - 1) & ~(HeaderSize - 1));

    /// <summary>Writes the header.</summary>
    public void WriteHeader(Span<byte> header, uint seed)
    {
        header = header[..HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = Version;
        header[5] = (byte)Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Organization);
        Key.Chunk.Generation.Write(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], Key.Chunk.Index);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], Key.Block);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], Location.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[36..], PayloadChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], Location.Address);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumOffset..], Crc32C.Append(seed, header[..ChecksumOffset]));
    }

    /// <summary>Reads the header of the record at <paramref name="address"/>; false when there is none.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, uint seed, long address, out BlockRecord record)
    {
        record = default;
        if (header.Length < HeaderSize ||
            BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic ||
            BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumOffset..]) != Crc32C.Append(seed, header[..ChecksumOffset]) ||
            header[4] != Version ||
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]) != address)
        {
            return false;
        }

        var chunk = new ChunkId(Generation.Read(header[8..]), BinaryPrimitives.ReadInt32LittleEndian(header[24..]));
        record = new BlockRecord(
            (BlockRecordKind)header[5],
            new BlockKey(chunk, BinaryPrimitives.ReadInt32LittleEndian(header[28..])),
            new BlockLocation(address, BinaryPrimitives.ReadInt32LittleEndian(header[32..])),
            BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[36..]));
        return chunk.Index >= 0 && record.Key.Block is >= 0 and < ChunkGeometry.MaxBlocks && record.Kind switch
        {
            BlockRecordKind.Stored => record.Location.Length is > 0 and <= ChunkGeometry.BlockSize,
            BlockRecordKind.Dropped => record.Location.Length == 0,
            _ => false,
        };
    }

    /// <summary>Whether <paramref name="record"/>, header and payload as read, is intact and that of the block.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record, uint seed, BlockKey key, BlockLocation location) =>
        record.Length >= HeaderSize && IsIntact(record[..HeaderSize], record[HeaderSize..], seed, key, location);

    /// <summary>Whether <paramref name="header"/> and <paramref name="payload"/>, as read, are intact and those of the block.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint seed, BlockKey key, BlockLocation location) =>
        TryReadHeader(header, seed, location.Address, out var read) && read.Kind == BlockRecordKind.Stored && read.Key == key &&
        read.Location == location && read.PayloadMatches(payload);

    /// <summary>Whether these are the record's bytes; there may be more behind them.</summary>
    public bool PayloadMatches(ReadOnlySpan<byte> payload) =>
        payload.Length >= Location.Length && Crc32C.Append(0, payload[..Location.Length]) == PayloadChecksum;
}
