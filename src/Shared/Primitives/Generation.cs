using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace EdgeCache.Shared.Primitives;

/// <summary>
/// The 128-bit identity of one immutable stored state of a key. It never recurs, so bytes cached under it can never be stale.
/// The high 48 bits are the creation time in Unix milliseconds, which keeps generations roughly in creation order; the rest is random.
/// </summary>
/// <param name="High">The high 64 bits.</param>
/// <param name="Low">The low 64 bits.</param>
public readonly record struct Generation(ulong High, ulong Low) : IComparable<Generation>
{
    /// <summary>The length of the binary form, in bytes.</summary>
    public const int ByteLength = 16;

    /// <summary>The length of the text form: lower-case hexadecimal characters.</summary>
    public const int TextLength = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Makes a generation that no other call, on any node, will return.</summary>
    public static Generation New(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[ByteLength];
        RandomNumberGenerator.Fill(random);
        var milliseconds = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        return new Generation((milliseconds << 16) | BinaryPrimitives.ReadUInt16BigEndian(random), BinaryPrimitives.ReadUInt64BigEndian(random[8..]));
    }

    /// <summary>Reads the 16-byte big-endian form.</summary>
    public static Generation Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    /// <summary>Reads the text form; false when it is not 32 hexadecimal characters.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Generation generation)
    {
        generation = default;

        // The number parser takes trailing NULs, hence the check of each character.
        if (text.Length != TextLength || text.ContainsAnyExcept(HexDigits) ||
            !ulong.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high) ||
            !ulong.TryParse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
        {
            return false;
        }

        generation = new Generation(high, low);
        return true;
    }

    /// <summary>Writes the 16-byte big-endian form.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <inheritdoc/>
    public int CompareTo(Generation other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(Generation left, Generation right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(Generation left, Generation right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> sorts before or with <paramref name="right"/>.</summary>
    public static bool operator <=(Generation left, Generation right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> sorts after or with <paramref name="right"/>.</summary>
    public static bool operator >=(Generation left, Generation right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
