using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EdgeCache.Shared.S3;

/// <summary>Percent-decoding of paths and queries to well-formed UTF-8 text (RFC 3986, section 2.1), and the encoding that S3 uses.</summary>
public static class PercentEncoding
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Decodes <paramref name="text"/>; false when an escape is malformed or the bytes are not UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, bool plusIsSpace, [NotNullWhen(true)] out string? decoded)
    {
        if (text.IndexOfAny('%', plusIsSpace ? '+' : '%') < 0 && Ascii.IsValid(text))
        {
            decoded = text.ToString();
            return true;
        }

        decoded = null;
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            while (!text.IsEmpty)
            {
                if (text[0] == '%')
                {
                    if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
                    {
                        return false;
                    }

                    buffer[length++] = (byte)((HexValue(text[1]) << 4) | HexValue(text[2]));
                    text = text[3..];
                }
                else if (plusIsSpace && text[0] == '+')
                {
                    buffer[length++] = (byte)' ';
                    text = text[1..];
                }
                else
                {
                    var run = text.IndexOfAny('%', plusIsSpace ? '+' : '%');
                    run = run < 0 ? text.Length : run;
                    length += Encoding.UTF8.GetBytes(text[..run], buffer.AsSpan(length));
                    text = text[run..];
                }
            }

            decoded = StrictUtf8.GetString(buffer, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Encodes all but the unreserved characters (and <c>/</c> when <paramref name="keepSlash"/>), as SigV4 and <c>encoding-type=url</c> do.</summary>
    public static string Encode(string text, bool keepSlash)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unreserved))
        {
            return text;
        }

        var result = new StringBuilder(text.Length * 2);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (Unreserved.Contains((char)rune.Value) || (keepSlash && rune.Value == '/')))
            {
                result.Append((char)rune.Value);
                continue;
            }

            var count = rune.EncodeToUtf8(utf8);
            foreach (var b in utf8[..count])
            {
                result.Append('%').Append(Convert.ToHexString([b]));
            }
        }

        return result.ToString();
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
