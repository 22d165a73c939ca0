using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Testing;

/// <summary>Puts a body into <c>aws-chunked</c> coding, as the SDKs do.</summary>
public static class AwsChunkedEncoder
{
    /// <summary>Encodes content in chunks of one size, the last one smaller.</summary>
    /// <param name="content">The bytes to carry.</param>
    /// <param name="chunkSize">Bytes per chunk.</param>
    /// <param name="signer">The chain seeded by the request's signature; null for unsigned chunks.</param>
    /// <param name="trailers">Null for the kind without trailers; their signature follows them when there is a signer.</param>
    public static byte[] Encode(
        ReadOnlySpan<byte> content, int chunkSize, ChunkSigner? signer, IReadOnlyList<KeyValuePair<string, string>>? trailers = null)
    {
        using var body = new MemoryStream();
        while (!content.IsEmpty)
        {
            var chunk = content[..Math.Min(chunkSize, content.Length)];
            content = content[chunk.Length..];
            WriteHeader(body, chunk, signer);
            body.Write(chunk);
            body.Write("\r\n"u8);
        }

        WriteHeader(body, default, signer);
        if (trailers is not null)
        {
            WriteTrailers(body, signer, trailers);
        }

        body.Write("\r\n"u8);
        return body.ToArray();
    }

    private static void WriteHeader(MemoryStream body, ReadOnlySpan<byte> chunk, ChunkSigner? signer)
    {
        var size = chunk.Length.ToString("x", CultureInfo.InvariantCulture);
        var extension = signer is null ? string.Empty : ";chunk-signature=" + Signature(signer, chunk);
        body.Write(Encoding.ASCII.GetBytes($"{size}{extension}\r\n"));
    }

    private static void WriteTrailers(MemoryStream body, ChunkSigner? signer, IReadOnlyList<KeyValuePair<string, string>> trailers)
    {
        var canonical = new StringBuilder();
        foreach (var (name, value) in trailers)
        {
            body.Write(Encoding.UTF8.GetBytes($"{name}:{value}\r\n"));
            canonical.Append(CultureInfo.InvariantCulture, $"{name.ToLowerInvariant()}:{value.Trim()}\n");
        }

        if (signer is not null)
        {
            Span<byte> signature = stackalloc byte[ChunkSigner.SignatureLength];
            signer.SignTrailers(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())), signature);
            body.Write(Encoding.ASCII.GetBytes($"x-amz-trailer-signature:{Encoding.ASCII.GetString(signature)}\r\n"));
        }
    }

    private static string Signature(ChunkSigner signer, ReadOnlySpan<byte> chunk)
    {
        Span<byte> signature = stackalloc byte[ChunkSigner.SignatureLength];
        signer.SignChunk(SHA256.HashData(chunk), signature);
        return Encoding.ASCII.GetString(signature);
    }
}
