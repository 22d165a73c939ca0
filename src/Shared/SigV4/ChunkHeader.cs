using System.Buffers.Text;

namespace EdgeCache.Shared.SigV4;

/// <summary>The line before a chunk's bytes: <c>hex-size</c> and, in a signed body, <c>;chunk-signature=hex</c>.</summary>
internal readonly ref struct ChunkHeader
{
    private ChunkHeader(long size, ReadOnlySpan<byte> signature)
    {
        Size = size;
        Signature = signature;
    }

    /// <summary>The number of the chunk's bytes; 0 ends the body.</summary>
    public long Size { get; }

    /// <summary>The signature as sent; empty when there is none.</summary>
    public ReadOnlySpan<byte> Signature { get; }

    /// <summary>Parses a line without its end; false when the size is malformed or over <paramref name="maxSize"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, long maxSize, out ChunkHeader header)
    {
        header = default;
        var semicolon = line.IndexOf((byte)';');
        var digits = (semicolon < 0 ? line : line[..semicolon]).TrimEnd((byte)' ');
        if (digits.IsEmpty || !Utf8Parser.TryParse(digits, out long size, out var consumed, 'x') || consumed != digits.Length || size < 0 || size > maxSize)
        {
            return false;
        }

        header = new ChunkHeader(size, semicolon < 0 ? default : FindSignature(line[(semicolon + 1)..]));
        return true;
    }

    private static ReadOnlySpan<byte> FindSignature(ReadOnlySpan<byte> extensions)
    {
        var name = "chunk-signature="u8;
        foreach (var range in extensions.Split((byte)';'))
        {
            var extension = extensions[range].Trim((byte)' ');
            if (extension.StartsWith(name))
            {
                return extension[name.Length..];
            }
        }

        return default;
    }
}
