using System.Buffers.Binary;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Primitives;
using FASTER.core;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The codec of a record in the chunk log: a header of 4,096 bytes, the payload, and zeros up to the next multiple of 4,096. Records start at
/// multiples of 4,096 and never cross a page of the log; what a record does not fit into is left as zeros. Header, little-endian:
/// <code>
///    0  i32  length of the record less these 4 bytes (written by FasterLog)
///    4  u32  magic "ECCH"
///    8  u16  version, 1
///   10  u16  size of the header, 4096
///   12  u32  size of a block, 65536
///   16  16   generation, big-endian
///   32  i32  index of the chunk
///   36  i32  length of the payload, 1 to 4190208
///   40  i64  offset of the payload within its object
///   48  16   zeros, reserved
///   64  4×64 CRC32C of each block of the payload; zeros past the last block
///  320  3772 zeros
/// 4092  u32  CRC32C of bytes 0 to 4091
/// </code>
/// A reader accepts a header only as a whole: magic, version, sizes, identity, length, and checksum. A block is accepted by its checksum.
/// </summary>
internal static class ChunkRecord
{
    private const uint Magic = 0x48434345;
    private const ushort Version = 1;
    private const int GenerationOffset = 16;
    private const int IndexOffset = 32;
    private const int LengthOffset = 36;
    private const int ObjectOffset = 40;
    private const int BlocksOffset = 64;
    private const int ChecksumOffset = ChunkGeometry.HeaderSize - sizeof(uint);

    /// <summary>Writes the header of a record, FasterLog's four bytes included, with the checksums of its blocks.</summary>
    public static void WriteHeader(Span<byte> header, ChunkId id, ReadOnlySpan<byte> payload)
    {
        header = header[..ChunkGeometry.HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, FramedLengthOf(payload.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], ChunkGeometry.HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], ChunkGeometry.BlockSize);
        id.Generation.Write(header[GenerationOffset..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[IndexOffset..], id.Index);
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthOffset..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[ObjectOffset..], ChunkGeometry.OffsetOf(id.Index));
        for (var block = 0; block < ChunkGeometry.BlocksOf(payload.Length); block++)
        {
            var bytes = payload[(block * ChunkGeometry.BlockSize)..Math.Min(payload.Length, (block + 1) * ChunkGeometry.BlockSize)];
            BinaryPrimitives.WriteUInt32LittleEndian(header[(BlocksOffset + (block * sizeof(uint)))..], Crc32C.Append(0, bytes));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumOffset..], Crc32C.Append(0, header[..ChecksumOffset]));
    }

    /// <summary>Verifies a header against what the index says of it, and takes its block checksums.</summary>
    /// <returns>The checksum of each block, or null when this is not that chunk's intact header.</returns>
    public static uint[]? TryReadHeader(ReadOnlySpan<byte> header, ChunkId id, int length)
    {
        header = header[..ChunkGeometry.HeaderSize];
        var intact = BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumOffset..]) == Crc32C.Append(0, header[..ChecksumOffset]) &&
            BinaryPrimitives.ReadInt32LittleEndian(header) == FramedLengthOf(length) &&
            BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == Magic &&
            BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) == Version &&
            BinaryPrimitives.ReadUInt16LittleEndian(header[10..]) == ChunkGeometry.HeaderSize &&
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]) == ChunkGeometry.BlockSize &&
            Generation.Read(header[GenerationOffset..]) == id.Generation &&
            BinaryPrimitives.ReadInt32LittleEndian(header[IndexOffset..]) == id.Index &&
            BinaryPrimitives.ReadInt32LittleEndian(header[LengthOffset..]) == length &&
            BinaryPrimitives.ReadInt64LittleEndian(header[ObjectOffset..]) == ChunkGeometry.OffsetOf(id.Index);
        if (!intact)
            return null;

        var blocks = new uint[ChunkGeometry.BlocksOf(length)];
        for (var block = 0; block < blocks.Length; block++)
            blocks[block] = BinaryPrimitives.ReadUInt32LittleEndian(header[(BlocksOffset + (block * sizeof(uint)))..]);

        return blocks;
    }

    /// <summary>What FasterLog is asked to store for a payload: the record without the four bytes that it adds itself.</summary>
    private static int FramedLengthOf(int payloadLength) => ChunkGeometry.RecordSizeOf(payloadLength) - RecordLog.FrameSize;

    /// <summary>Copies a prepared header and its payload into the log's page.</summary>
    /// <param name="header">A full header, FasterLog's four bytes included.</param>
    /// <param name="payload">The chunk's bytes.</param>
    public readonly struct Entry(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> payload) : ILogEnqueueEntry
    {
        /// <inheritdoc/>
        public int SerializedLength => FramedLengthOf(payload.Length);

        /// <summary>Runs under FASTER's epoch, where an exception would hang the log: it only copies between spans of sizes that were checked.</summary>
        public void SerializeTo(Span<byte> dest)
        {
            header.Span[RecordLog.FrameSize..ChunkGeometry.HeaderSize].CopyTo(dest);
            var body = dest[(ChunkGeometry.HeaderSize - RecordLog.FrameSize)..];
            payload.Span.CopyTo(body);
            body[payload.Length..].Clear();
        }
    }
}
