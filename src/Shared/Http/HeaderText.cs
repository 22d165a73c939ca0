using System.Text;
using System.Text.Unicode;

namespace EdgeCache.Shared.Http;

/// <summary>
/// Header values as text from which their bytes come back, whatever they were: UTF-8 where they are UTF-8, and otherwise ASCII with each byte from
/// 0x80 kept as a character of the private range U+F780 to U+F7FF. (A value that is UTF-8 and has such characters is kept the second way, so that no
/// two values make the same text.) Clients send metadata in UTF-8 and in Latin-1, and expect what they sent.
/// </summary>
public sealed class HeaderText : Encoding
{
    /// <summary>What a byte outside ASCII is added to.</summary>
    private const int Base = 0xF700;
    private const char First = (char)(Base + 0x80);
    private const char Last = (char)(Base + 0xFF);

    private HeaderText()
    {
    }

    /// <summary>The one encoding.</summary>
    public static HeaderText Instance { get; } = new();

    /// <summary>Reads a value that a server took for Latin-1, one character per byte.</summary>
    public static string FromLatin1(string latin1) => Ascii.IsValid(latin1) ? latin1 : Instance.GetString(Latin1.GetBytes(latin1));

    /// <inheritdoc/>
    public override int GetByteCount(ReadOnlySpan<char> chars)
    {
        if (Ascii.IsValid(chars))
        {
            return chars.Length;
        }

        var count = UTF8.GetByteCount(chars);
        foreach (var c in chars)
        {
            count -= IsByte(c) ? 2 : 0; // of the three that UTF-8 would take
        }

        return count;
    }

    /// <inheritdoc/>
    public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
    {
        var written = 0;
        while (!chars.IsEmpty)
        {
            var run = chars.IndexOfAnyInRange(First, Last);
            var plain = run < 0 ? chars : chars[..run];
            written += UTF8.GetBytes(plain, bytes[written..]);
            chars = chars[plain.Length..];
            if (!chars.IsEmpty)
            {
                bytes[written++] = (byte)(chars[0] - Base);
                chars = chars[1..];
            }
        }

        return written;
    }

    /// <inheritdoc/>
    public override int GetCharCount(ReadOnlySpan<byte> bytes) => IsPlain(bytes) ? UTF8.GetCharCount(bytes) : bytes.Length;

    /// <inheritdoc/>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        if (IsPlain(bytes))
        {
            return UTF8.GetChars(bytes, chars);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            chars[i] = (char)(bytes[i] < 0x80 ? bytes[i] : Base + bytes[i]);
        }

        return bytes.Length;
    }

    /// <inheritdoc/>
    public override int GetByteCount(string s) => GetByteCount(s.AsSpan());

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => GetByteCount(chars.AsSpan(index, count));

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        GetBytes(chars.AsSpan(charIndex, charCount), bytes.AsSpan(byteIndex));

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => GetCharCount(bytes.AsSpan(index, count));

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount);

    /// <inheritdoc/>
    public override int GetMaxCharCount(int byteCount) => UTF8.GetMaxCharCount(byteCount);

    /// <summary>Whether the bytes are UTF-8 without a character of the range that is used otherwise: U+F780 to U+F7FF are EF 9E 80 to EF 9F BF.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> bytes) =>
        Ascii.IsValid(bytes) || (Utf8.IsValid(bytes) && bytes.IndexOf([(byte)0xEF, (byte)0x9E]) < 0 && bytes.IndexOf([(byte)0xEF, (byte)0x9F]) < 0);

    private static bool IsByte(char c) => c is >= First and <= Last;
}
