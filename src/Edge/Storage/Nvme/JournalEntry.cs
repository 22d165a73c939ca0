using System.Buffers.Binary;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>What a journal entry says of the payload log. The numbers are on disk.</summary>
internal enum JournalEntryKind : byte
{
    /// <summary>The chunk's record is in the file.</summary>
    Stored = 1,

    /// <summary>The record at the address no longer counts.</summary>
    Dropped = 2,

    /// <summary>Nothing before the address exists any more.</summary>
    Begin = 3,
}

/// <summary>
/// One entry of the chunk journal. On disk 40 bytes, little-endian, behind FasterLog's four bytes of length:
/// <code>
///    0  u8   kind: 1 stored, 2 dropped, 3 begin
///    1  u8   version, 1
///    2  u16  number of the organization in the drive's table, 0: unknown
///    4  i32  index of the chunk; 0 for begin
///    8  16   generation, big-endian; zeros for begin
///   24  i64  log address of the record; for begin, of the first byte that exists
///   32  i32  length of the payload; 0 for begin
///   36  u32  CRC32C of bytes 0 to 35
/// </code>
/// Later entries override earlier ones, so replaying an entry twice changes nothing.
/// </summary>
internal readonly record struct JournalEntry(JournalEntryKind Kind, ChunkId Id, ChunkLocation Location, ushort Organization = 0)
{
    /// <summary>The size on disk, in bytes.</summary>
    public const int Size = 40;

    private const byte Version = 1;
    private const int ChecksumOffset = Size - sizeof(uint);

    /// <summary>An entry that ends the life of everything before <paramref name="address"/>.</summary>
    public static JournalEntry Begin(long address) => new(JournalEntryKind.Begin, default, new ChunkLocation(address, 0));

    /// <summary>Writes the entry.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        destination[0] = (byte)Kind;
        destination[1] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], Organization);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Id.Index);
        Id.Generation.Write(destination[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Location.Address);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], Location.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], Crc32C.Append(0, destination[..ChecksumOffset]));
    }

    /// <summary>Reads an entry; false when it is damaged or of an unknown form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out JournalEntry entry)
    {
        entry = default;
        if (source.Length != Size ||
            BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..]) != Crc32C.Append(0, source[..ChecksumOffset]) ||
            source[1] != Version)
        {
            return false;
        }

        var kind = (JournalEntryKind)source[0];
        var id = new ChunkId(Generation.Read(source[8..]), BinaryPrimitives.ReadInt32LittleEndian(source[4..]));
        var location = new ChunkLocation(BinaryPrimitives.ReadInt64LittleEndian(source[24..]), BinaryPrimitives.ReadInt32LittleEndian(source[32..]));
        var sound = location.Address >= 0 && location.Address % ChunkGeometry.HeaderSize == 0 && kind switch
        {
            JournalEntryKind.Stored or JournalEntryKind.Dropped => id.Index >= 0 && location.Length is > 0 and <= ChunkGeometry.PayloadSize,
            JournalEntryKind.Begin => true,
            _ => false,
        };
        entry = new JournalEntry(kind, id, location, BinaryPrimitives.ReadUInt16LittleEndian(source[2..]));
        return sound;
    }
}
