using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>
/// Bodies of which every KiB says to which write it belongs: the key, the number of the write, the place, the body's length, and a checksum of it all.
/// Any piece of a body can be checked alone, and a mix of two writes is always seen.
/// </summary>
internal static class VersionedBody
{
    public const int BlockSize = 1024;

    /// <summary>A range of this length contains a whole block, wherever it begins.</summary>
    public const int MinRange = (2 * BlockSize) - 1;

    private const int HeaderSize = 32;

    public static byte[] Create(int key, long write, int length)
    {
        var body = new byte[length];
        Span<byte> block = stackalloc byte[BlockSize];
        for (var at = 0; at < length; at += BlockSize)
        {
            WriteBlock(block, key, write, at / BlockSize, length);
            block[..Math.Min(BlockSize, length - at)].CopyTo(body.AsSpan(at));
        }

        return body;
    }

    /// <summary>Checks a piece of a body that begins at <paramref name="offset"/> and has a whole block in it, unless it is the whole of a shorter body.</summary>
    /// <returns>The write that it is of; or what is wrong with it.</returns>
    public static (long Write, string? Fault) Read(ReadOnlySpan<byte> piece, int key, long offset, long length)
    {
        var first = (int)((offset + BlockSize - 1) / BlockSize * BlockSize - offset);
        if (piece.Length - first < HeaderSize)
        {
            return (0, $"a piece of {piece.Length} bytes at {offset} is too short to tell its write");
        }

        var write = BinaryPrimitives.ReadInt64LittleEndian(piece[(first + 8)..]);
        Span<byte> expected = stackalloc byte[BlockSize];
        for (var at = 0; at < piece.Length;)
        {
            var (index, within) = Math.DivRem(offset + at, BlockSize);
            WriteBlock(expected, key, write, (int)index, length);
            var count = (int)Math.Min(BlockSize - within, piece.Length - at);
            if (!piece.Slice(at, count).SequenceEqual(expected.Slice((int)within, count)))
            {
                return (write, Describe(piece.Slice(at, count), within, write, index));
            }

            at += count;
        }

        return (write, null);
    }

    private static string Describe(ReadOnlySpan<byte> found, long within, long write, long index)
    {
        if (within == 0 && found.Length == BlockSize && Crc32C.Append(0, found[8..]) == BinaryPrimitives.ReadUInt32LittleEndian(found))
        {
            var other = BinaryPrimitives.ReadInt64LittleEndian(found[8..]);
            return $"block {index} is a good block of key {BinaryPrimitives.ReadInt32LittleEndian(found[16..])}, write {other}, " +
                $"block {BinaryPrimitives.ReadInt32LittleEndian(found[20..])}, amid write {write}";
        }

        return $"block {index} of write {write} is damaged";
    }

    private static void WriteBlock(Span<byte> block, int key, long write, int index, long length)
    {
        MemoryMarshal.Cast<byte, ulong>(block[HeaderSize..]).Fill(((ulong)write * 0x9E3779B97F4A7C15UL) ^ ((ulong)index * 0xC2B2AE3D27D4EB4FUL) ^ (ulong)key);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], 0x45434256);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], write);
        BinaryPrimitives.WriteInt32LittleEndian(block[16..], key);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], index);
        BinaryPrimitives.WriteInt64LittleEndian(block[24..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Crc32C.Append(0, block[8..]));
    }
}
