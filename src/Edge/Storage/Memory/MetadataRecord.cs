using System.Buffers.Binary;
using System.Text;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>What a record of the metadata log says. The numbers are on disk.</summary>
internal enum MetadataRecordKind : byte
{
    /// <summary>A value for a key.</summary>
    Value = 1,

    /// <summary>The key has no value any more.</summary>
    RemovedKey = 2,

    /// <summary>No value that is older and has the tag counts any more; the tag stands in the key's place.</summary>
    RemovedTag = 3,
}

/// <summary>
/// One record of the metadata log. Little-endian, behind FasterLog's four bytes of length:
/// <code>
///    0  u32  magic "ECMD"
///    4  u8   kind: 1 value, 2 removed key, 3 removed tag
///    5  u8   version, 1
///    6  u16  length of the key in bytes, k
///    8  i64  time by the invalidation clock: of the start of the work that made the value, or of the removal
///   16  i64  expiry, Unix milliseconds; 0 for removals
///   24  u16  number of tags; 0 for removals
///   26  u16  length of the tags in bytes, t
///   28  i32  length of the value in bytes, v; 0 for removals
///   32  k    key, UTF-8
///  +k   t    tags: each a u16 length and UTF-8
///  +t   v    value, as its serializer wrote it
///  +v   u32  CRC32C of all before
/// </code>
/// </summary>
internal sealed record MetadataRecord(MetadataRecordKind Kind, string Key, string[] Tags, long Time, long ExpiresUnixMilliseconds, ReadOnlyMemory<byte> Value)
{
    private const uint Magic = 0x444D4345;
    private const byte Version = 1;
    private const int HeaderSize = 32;

    /// <summary>The most bytes that a record takes besides its value: a key of 2 KiB and as much again in tags.</summary>
    public const int MaxOverhead = HeaderSize + (4 << 10) + sizeof(uint);

    /// <summary>Writes the record to a new array; null when key and tags are too long for a record.</summary>
    public byte[]? TryWrite()
    {
        var keyLength = Encoding.UTF8.GetByteCount(Key);
        var tagsLength = Tags.Sum(tag => sizeof(ushort) + Encoding.UTF8.GetByteCount(tag));
        if (keyLength + tagsLength > MaxOverhead - HeaderSize - sizeof(uint))
            return null;

        var bytes = new byte[HeaderSize + keyLength + tagsLength + Value.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = (byte)Kind;
        bytes[5] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)keyLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Time);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), ExpiresUnixMilliseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(24), (ushort)Tags.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(26), (ushort)tagsLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), Value.Length);
        var at = HeaderSize + Encoding.UTF8.GetBytes(Key, bytes.AsSpan(HeaderSize));
        foreach (var tag in Tags)
        {
            var length = Encoding.UTF8.GetBytes(tag, bytes.AsSpan(at + sizeof(ushort)));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)length);
            at += sizeof(ushort) + length;
        }

        Value.Span.CopyTo(bytes.AsSpan(at));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), Crc32C.Append(0, bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        return bytes;
    }

    /// <summary>Reads a record; null when it is damaged or of an unknown form. The value is a part of <paramref name="source"/>.</summary>
    public static MetadataRecord? TryRead(ReadOnlyMemory<byte> source)
    {
        var bytes = source.Span;
        if (bytes.Length < HeaderSize + sizeof(uint) ||
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != Crc32C.Append(0, bytes[..^sizeof(uint)]) ||
            BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic ||
            bytes[5] != Version ||
            (MetadataRecordKind)bytes[4] is not (MetadataRecordKind.Value or MetadataRecordKind.RemovedKey or MetadataRecordKind.RemovedTag))
        {
            return null;
        }

        var keyLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        var tagsLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]);
        var valueLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]);
        if (valueLength < 0 || (long)HeaderSize + keyLength + tagsLength + valueLength + sizeof(uint) != bytes.Length)
            return null;

        var tags = new string[BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..])];
        var rest = bytes.Slice(HeaderSize + keyLength, tagsLength);
        for (var tag = 0; tag < tags.Length; tag++)
        {
            if (rest.Length < sizeof(ushort) || rest.Length - sizeof(ushort) < BinaryPrimitives.ReadUInt16LittleEndian(rest))
                return null;

            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            tags[tag] = Encoding.UTF8.GetString(rest.Slice(sizeof(ushort), length));
            rest = rest[(sizeof(ushort) + length)..];
        }

        if (!rest.IsEmpty)
            return null;

        return new MetadataRecord(
            (MetadataRecordKind)bytes[4],
            Encoding.UTF8.GetString(bytes.Slice(HeaderSize, keyLength)),
            tags,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            source.Slice(HeaderSize + keyLength + tagsLength, valueLength));
    }
}
