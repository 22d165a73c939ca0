using System.Buffers;
using System.Text;

namespace EdgeCache.Shared.SigV4;

/// <summary>The escaping of paths and query components in a canonical request
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">UriEncode</see>).</summary>
internal static class CanonicalUri
{
    private const string UnreservedCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Unreserved = SearchValues.Create(UnreservedCharacters);

    private static readonly SearchValues<char> UnreservedAndSlash = SearchValues.Create(UnreservedCharacters + "/");

    /// <summary>Appends the canonical URI of a raw path.</summary>
    public static void AppendPath(ref CanonicalBuffer buffer, string rawPath, PathRule rule)
    {
        var path = rule == PathRule.NormalizeAndEncode ? Normalize(rawPath) : rawPath;
        if (path.Length == 0)
        {
            buffer.Append((byte)'/');
            return;
        }

        Append(ref buffer, path, UnreservedAndSlash, decode: rule == PathRule.S3, plusIsSpace: false);
    }

    /// <summary>Appends a query name or value, decoded and encoded again; <c>+</c> is a space, as in every S3 query.</summary>
    public static void AppendQueryComponent(ref CanonicalBuffer buffer, scoped ReadOnlySpan<char> component) =>
        Append(ref buffer, component, Unreserved, decode: true, plusIsSpace: true);

    private static void Append(
        ref CanonicalBuffer buffer, scoped ReadOnlySpan<char> text, SearchValues<char> unescaped, bool decode, bool plusIsSpace)
    {
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(unescaped);
            run = run < 0 ? text.Length : run;
            buffer.AppendAscii(text[..run]);
            text = text[run..];
            if (!text.IsEmpty)
            {
                text = text[AppendEscaped(ref buffer, text, unescaped, decode, plusIsSpace)..];
            }
        }
    }

    /// <summary>Appends the first character or escape of the text and tells its length. A lone <c>%</c> stands for itself.</summary>
    private static int AppendEscaped(
        ref CanonicalBuffer buffer, scoped ReadOnlySpan<char> text, SearchValues<char> unescaped, bool decode, bool plusIsSpace)
    {
        if (decode && text[0] == '%' && text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]))
        {
            AppendByte(ref buffer, (byte)((Value(text[1]) << 4) | Value(text[2])), unescaped);
            return 3;
        }

        if (plusIsSpace && text[0] == '+')
        {
            AppendByte(ref buffer, (byte)' ', unescaped);
            return 1;
        }

        Rune.DecodeFromUtf16(text, out var rune, out var consumed);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
        {
            AppendByte(ref buffer, b, unescaped);
        }

        return consumed;
    }

    private static void AppendByte(ref CanonicalBuffer buffer, byte value, SearchValues<char> unescaped)
    {
        if (unescaped.Contains((char)value))
        {
            buffer.Append(value);
            return;
        }

        var digits = "0123456789ABCDEF"u8;
        buffer.Append((byte)'%');
        buffer.Append(digits[value >> 4]);
        buffer.Append(digits[value & 15]);
    }

    private static string Normalize(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not "." and not "..")
            {
                kept.Add(segment);
            }
        }

        var normalized = "/" + string.Join('/', kept);
        return kept.Count > 0 && path.EndsWith('/') ? normalized + "/" : normalized;
    }

    private static int Value(char hex) => char.IsAsciiDigit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
