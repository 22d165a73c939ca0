using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EdgeCache.Shared.Checksums;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>
/// The table of contents at the end of a segment that is not written to any more: a <see cref="BlockEntry"/> for each record, zeros up to a multiple
/// of 64, and in the file's last 64 bytes, little-endian:
/// <code>
///    0  u32  magic "ECBT"
///    4  u16  version, 1
///    6  u16  zero, reserved
///    8  i32  the segment's number
///   12  i32  number of entries
///   16  i64  where the records end and the entries begin
///   24  u32  CRC32C of the entries
///   28  32   zeros, reserved
///   60  u32  CRC32C of bytes 0 to 59, begun from the store's seed
/// </code>
/// A start reads these instead of the records. A segment without an intact one is read record by record.
/// </summary>
internal static class SegmentSummary
{
    private const int TrailerSize = BlockRecord.HeaderSize;
    private const uint Magic = 0x54424345;
    private const ushort Version = 1;
    private const int ChecksumOffset = TrailerSize - sizeof(uint);

    /// <summary>The bytes that a summary of so many records takes.</summary>
    public static int SizeOf(int entries) => Align(entries * BlockEntry.Size) + TrailerSize;

    /// <summary>Writes the summary behind the records.</summary>
    /// <param name="handle">The segment's file.</param>
    /// <param name="head">The segment's head.</param>
    /// <param name="entries">What its records say.</param>
    /// <param name="end">Where they end.</param>
    /// <exception cref="IOException">The device failed.</exception>
    public static void Write(SafeFileHandle handle, SegmentHead head, IReadOnlyList<BlockEntry> entries, int end)
    {
        var summary = new byte[SizeOf(entries.Count)];
        for (var i = 0; i < entries.Count; i++)
            entries[i].Write(summary.AsSpan(i * BlockEntry.Size));

        var trailer = summary.AsSpan(summary.Length - TrailerSize);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(trailer[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], head.Segment);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[12..], entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(trailer[16..], end);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[24..], Crc32C.Append(0, summary.AsSpan(0, entries.Count * BlockEntry.Size)));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[ChecksumOffset..], Crc32C.Append(head.Seed, trailer[..ChecksumOffset]));
        RandomAccess.Write(handle, summary, end);
        RandomAccess.SetLength(handle, end + summary.Length);
    }

    /// <summary>How many records a summary tells of, without reading all of it; 0 when there is none.</summary>
    public static int CountOf(SafeFileHandle handle, SegmentHead head)
    {
        try
        {
            return TryReadTrailer(handle, head)?.Count ?? 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Reads the summary; null when there is no intact one.</summary>
    /// <param name="handle">The segment's file.</param>
    /// <param name="head">The segment's head.</param>
    /// <param name="entries">Empty; takes the entries.</param>
    /// <returns>Where the records end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // A start is over before the runtime has found out what is worth compiling well.
    public static int? TryRead(SafeFileHandle handle, SegmentHead head, List<BlockEntry> entries)
    {
        try
        {
            if (TryReadTrailer(handle, head) is not var (count, end, checksum))
                return null;

            var buffer = ArrayPool<byte>.Shared.Rent(count * BlockEntry.Size);
            var bytes = buffer.AsSpan(0, count * BlockEntry.Size);
            var isIntact = Fill(handle, bytes, end) && Crc32C.Append(0, bytes) == checksum;
            entries.EnsureCapacity(count);
            for (var i = 0; isIntact && i < count; i++)
                entries.Add(BlockEntry.Read(bytes[(i * BlockEntry.Size)..], head.Segment));

            ArrayPool<byte>.Shared.Return(buffer);
            return isIntact ? end : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads until <paramref name="destination"/> is full; false at the end of the file.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public static bool Fill(SafeFileHandle handle, Span<byte> destination, long position)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(handle, destination, position);
            if (read == 0)
                return false;

            destination = destination[read..];
            position += read;
        }

        return true;
    }

    private static (int Count, int End, uint Checksum)? TryReadTrailer(SafeFileHandle handle, SegmentHead head)
    {
        var length = RandomAccess.GetLength(handle);
        Span<byte> trailer = stackalloc byte[TrailerSize];
        if (length < SegmentHead.Size + TrailerSize || length > int.MaxValue || !Fill(handle, trailer, length - TrailerSize) ||
            BinaryPrimitives.ReadUInt32LittleEndian(trailer) != Magic ||
            BinaryPrimitives.ReadUInt16LittleEndian(trailer[4..]) != Version ||
            BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]) != head.Segment ||
            BinaryPrimitives.ReadUInt32LittleEndian(trailer[ChecksumOffset..]) != Crc32C.Append(head.Seed, trailer[..ChecksumOffset]))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(trailer[12..]);
        var end = BinaryPrimitives.ReadInt64LittleEndian(trailer[16..]);
        return count < 0 || end < SegmentHead.Size || end + SizeOf(count) != length
            ? null
            : (count, (int)end, BinaryPrimitives.ReadUInt32LittleEndian(trailer[24..]));
    }

    private static int Align(int size) => (size + BlockRecord.HeaderSize - 1) & ~(BlockRecord.HeaderSize - 1);
}
