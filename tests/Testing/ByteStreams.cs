using System.Buffers.Binary;

namespace EdgeCache.Testing;

/// <summary>
/// Deterministic pseudo-random content. Each byte is a function of seed and position alone, so that any range of a large object can be checked
/// without holding the object.
/// </summary>
public static class ByteStreams
{
    /// <summary>The first <paramref name="length"/> bytes of the content of <paramref name="seed"/>.</summary>
    public static byte[] Content(int seed, int length) => Content(seed, 0, length);

    /// <summary><paramref name="length"/> bytes of the content of <paramref name="seed"/>, from <paramref name="offset"/> on.</summary>
    public static byte[] Content(int seed, long offset, int length)
    {
        var bytes = new byte[length];
        Fill(seed, offset, bytes);
        return bytes;
    }

    /// <summary>Writes the content of <paramref name="seed"/> from <paramref name="offset"/> on.</summary>
    public static void Fill(int seed, long offset, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            var skip = (int)(offset % sizeof(ulong));
            var value = Mix(seed, offset / sizeof(ulong));
            if (skip == 0 && destination.Length >= sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination, value);
                destination = destination[sizeof(ulong)..];
                offset += sizeof(ulong);
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(word, value);
            var count = Math.Min(sizeof(ulong) - skip, destination.Length);
            word.Slice(skip, count).CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>The position of the first byte that differs from the content of <paramref name="seed"/> from <paramref name="offset"/> on; -1 when none does.</summary>
    public static int FirstDifference(int seed, long offset, ReadOnlySpan<byte> actual)
    {
        Span<byte> expected = stackalloc byte[4096];
        for (var done = 0; done < actual.Length; done += expected.Length)
        {
            var piece = actual.Slice(done, Math.Min(expected.Length, actual.Length - done));
            Fill(seed, offset + done, expected[..piece.Length]);
            var common = piece.CommonPrefixLength(expected);
            if (common < piece.Length)
            {
                return done + common;
            }
        }

        return -1;
    }

    /// <summary>A readable, seekable stream over the first <paramref name="length"/> bytes of the content of <paramref name="seed"/>, generated as it is read.</summary>
    public static Stream Open(int seed, long length) => new SeededStream(seed, length);

    /// <summary>SplitMix64 of the word's position, offset by the seed.</summary>
    private static ulong Mix(int seed, long word)
    {
        var z = unchecked(((ulong)(uint)seed << 40) + ((ulong)word + 1) * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
