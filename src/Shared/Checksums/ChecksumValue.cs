using System.Diagnostics.CodeAnalysis;

namespace EdgeCache.Shared.Checksums;

/// <summary>Checksum values as S3 writes them: the big-endian bytes in Base64.</summary>
public static class ChecksumValue
{
    /// <summary>Writes a binary checksum.</summary>
    public static string Encode(ReadOnlySpan<byte> checksum) => Convert.ToBase64String(checksum);

    /// <summary>
    /// Reads the value of a header, trailer or XML element; false unless it is Base64 without white space, of exactly as many bytes as
    /// <paramref name="algorithm"/> gives.
    /// </summary>
    public static bool TryDecode(ChecksumAlgorithm algorithm, ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? checksum)
    {
        var length = ChecksumNames.ByteLength(algorithm);
        checksum = null;
        if (text.Length != (length + 2) / 3 * 4)
        {
            return false;
        }

        // White space is skipped by the decoder, but a text of this length that holds any decodes to too few bytes.
        var bytes = new byte[length];
        if (!Convert.TryFromBase64Chars(text, bytes, out var written) || written != length)
        {
            return false;
        }

        checksum = bytes;
        return true;
    }

    /// <summary>Whether <see cref="TryDecode"/> would accept the value.</summary>
    public static bool IsValid(ChecksumAlgorithm algorithm, ReadOnlySpan<char> text) => TryDecode(algorithm, text, out _);
}
