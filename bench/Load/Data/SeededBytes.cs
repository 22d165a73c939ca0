using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EdgeCache.Load.Data;

/// <summary>
/// An endless sequence of bytes that is a function of a seed, a name and the position alone, so that any range of an object can be made or
/// checked without the bytes before it. It is SplitMix64 in counter mode: word <c>i</c> is the mix of <c>key + i * gamma</c>.
/// </summary>
internal readonly record struct SeededBytes
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private const int CompareBlock = 4096;

    private readonly ulong _key;

    private SeededBytes(ulong key) => _key = key;

    /// <summary>The sequence of <paramref name="name"/> under <paramref name="seed"/>; distinct names have unrelated sequences.</summary>
    public static SeededBytes For(ulong seed, string name)
    {
        // FNV-1a over the name's UTF-16 units; the mix afterwards spreads what FNV leaves regular.
        var hash = 0xCBF29CE484222325 ^ Mix(seed);
        foreach (var unit in name)
        {
            hash = (hash ^ unit) * 0x100000001B3;
        }

        return new SeededBytes(Mix(hash));
    }

    /// <summary>Writes the bytes from <paramref name="position"/> on into the whole of <paramref name="destination"/>.</summary>
    public void Read(long position, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        var misaligned = (int)(position & 7);
        if (misaligned != 0)
        {
            var taken = Math.Min(8 - misaligned, destination.Length);
            CopyPartOfWord(position >> 3, misaligned, destination[..taken]);
            destination = destination[taken..];
            position += taken;
        }

        var words = MemoryMarshal.Cast<byte, ulong>(destination);
        var state = _key + ((ulong)(position >> 3) * Gamma);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = LittleEndian(Mix(state));
            state += Gamma;
        }

        var rest = destination[(words.Length * 8)..];
        CopyPartOfWord((position >> 3) + words.Length, 0, rest);
    }

    /// <summary>Whether <paramref name="actual"/> is what the sequence holds at <paramref name="position"/>.</summary>
    public bool Matches(long position, ReadOnlySpan<byte> actual)
    {
        Span<byte> expected = stackalloc byte[CompareBlock];
        while (!actual.IsEmpty)
        {
            var part = expected[..Math.Min(CompareBlock, actual.Length)];
            Read(position, part);
            if (!part.SequenceEqual(actual[..part.Length]))
            {
                return false;
            }

            position += part.Length;
            actual = actual[part.Length..];
        }

        return true;
    }

    private static ulong LittleEndian(ulong value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private void CopyPartOfWord(long word, int from, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Mix(_key + ((ulong)word * Gamma)));
        bytes.Slice(from, destination.Length).CopyTo(destination);
    }
}
