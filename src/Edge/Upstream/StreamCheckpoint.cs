using System.Buffers.Binary;
using System.Text;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Upstream;

/// <summary>
/// What an edge keeps of a change stream on disk, so that a restart catches up instead of distrusting all it has cached. The recorded changes
/// go with the position: an entry that a change had voided before the checkpoint stays void after a restart, whether or not its removal from
/// the metadata cache reached the disk.
/// <para>
/// File format, little-endian: 4 bytes magic <c>ECF1</c>; int32 length of the epoch and its UTF-8 bytes (at most 256); int64 floor;
/// int64 position; int64 until when all changes are known (UTC ticks); the table, 65,536 times int64; uint32 CRC-32C of all before. Written to a temporary
/// file, synced, renamed.
/// </para>
/// </summary>
internal sealed record StreamCheckpoint(string Epoch, long Floor, long Position, DateTimeOffset CompleteAt, ReadOnlyMemory<byte> Changes)
{
    private const uint Magic = 0x31464345;
    private const int MaxEpochBytes = 256;
    private const int FixedBytes = (2 * sizeof(int)) + (3 * sizeof(long));
    private const int ChangesBytes = InvalidationTable.Slots * sizeof(long);

    public static StreamCheckpoint? TryLoad(string path)
    {
        try
        {
            return TryDecode(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file atomically; false when the disk refuses.</summary>
    public bool TrySave(string path)
    {
        var temporary = path + ".tmp";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, Encode(), 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public byte[] Encode()
    {
        var epoch = Encoding.UTF8.GetBytes(Epoch);
        var bytes = new byte[FixedBytes + epoch.Length + ChangesBytes + sizeof(uint)];
        var rest = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], epoch.Length);
        epoch.CopyTo(rest[8..]);
        rest = rest[(8 + epoch.Length)..];
        BinaryPrimitives.WriteInt64LittleEndian(rest, Floor);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(rest[16..], CompleteAt.UtcTicks);
        Changes.Span.CopyTo(rest[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), Crc32C.Append(0, bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        return bytes;
    }

    /// <summary>Reads <see cref="Encode"/>'s bytes; null when they are damaged in any way.</summary>
    public static StreamCheckpoint? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes + ChangesBytes + sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            return null;
        }

        var epochLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (epochLength is < 1 or > MaxEpochBytes || bytes.Length != FixedBytes + epochLength + ChangesBytes + sizeof(uint) ||
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != Crc32C.Append(0, bytes[..^sizeof(uint)]))
        {
            return null;
        }

        var rest = bytes[(8 + epochLength)..];
        return new StreamCheckpoint(
            Encoding.UTF8.GetString(bytes.Slice(8, epochLength)),
            BinaryPrimitives.ReadInt64LittleEndian(rest),
            BinaryPrimitives.ReadInt64LittleEndian(rest[8..]),
            new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(rest[16..]), TimeSpan.Zero),
            rest.Slice(24, ChangesBytes).ToArray());
    }
}
