namespace EdgeCache.Shared.SigV4;

/// <summary>
/// The chain of signatures of a body in chunks: each signature covers the one before it, the first covers the request's own
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html">chunked upload</see>,
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html">trailing headers</see>).
/// Signs for a client, and tells a server what to expect. Not safe for concurrent use.
/// </summary>
public sealed class ChunkSigner
{
    /// <summary>The length of a signature in hexadecimal digits.</summary>
    public const int SignatureLength = Hex.HashLength;

    private const int PayloadPrefixLength = 25;

    private readonly SigningKey _key;

    /// <summary>The string to sign of a chunk, in which each chunk replaces the previous signature and the hash.</summary>
    private readonly byte[] _chunk;

    /// <summary>The same for the trailers, which lack the line with the hash of nothing.</summary>
    private readonly byte[] _trailer;

    private readonly int _previousAt;

    /// <summary>Starts the chain of a request.</summary>
    /// <param name="key">The key that signed the request.</param>
    /// <param name="claim">The request's verified claim; its signature is the seed.</param>
    /// <exception cref="ArgumentException">The claim's signature does not have 64 digits.</exception>
    public ChunkSigner(SigningKey key, SigV4Claim claim)
    {
        if (claim.Signature.Length != SignatureLength)
        {
            throw new ArgumentException("The claim has no well-formed signature.", nameof(claim));
        }

        _key = key;
        var buffer = new CanonicalBuffer(stackalloc byte[512]);
        buffer.Append("AWS4-HMAC-SHA256-PAYLOAD\n"u8);
        CanonicalRequest.AppendTimeAndScope(ref buffer, claim);
        _previousAt = buffer.Length;
        buffer.AppendUtf8(claim.Signature);
        buffer.Append((byte)'\n');
        var afterPrevious = buffer.Length;
        buffer.AppendUtf8(PayloadHash.Empty);
        buffer.Append((byte)'\n');
        _chunk = [.. buffer.Written, .. new byte[Hex.HashLength]];
        _trailer = [.. "AWS4-HMAC-SHA256-TRAILER\n"u8, .. buffer.Written[PayloadPrefixLength..afterPrevious], .. new byte[Hex.HashLength]];
        buffer.Dispose();
    }

    /// <summary>Writes the next chunk's signature.</summary>
    /// <param name="sha256">The 32-byte SHA-256 of the chunk's bytes; of nothing for the last chunk.</param>
    /// <param name="signatureHex">Gets 64 lower-case hexadecimal digits.</param>
    public void SignChunk(ReadOnlySpan<byte> sha256, Span<byte> signatureHex) => Sign(_chunk, sha256, signatureHex);

    /// <summary>Writes the trailers' signature, which ends the chain.</summary>
    /// <param name="sha256">The 32-byte SHA-256 of the trailers as lines of <c>name:value\n</c>, in the order sent.</param>
    /// <param name="signatureHex">Gets 64 lower-case hexadecimal digits.</param>
    public void SignTrailers(ReadOnlySpan<byte> sha256, Span<byte> signatureHex) => Sign(_trailer, sha256, signatureHex);

    private void Sign(byte[] stringToSign, ReadOnlySpan<byte> sha256, Span<byte> signatureHex)
    {
        Hex.Write(sha256, stringToSign.AsSpan(^Hex.HashLength..));
        _key.Sign(stringToSign, signatureHex);
        signatureHex[..SignatureLength].CopyTo(_chunk.AsSpan(_previousAt));
        signatureHex[..SignatureLength].CopyTo(_trailer.AsSpan(_previousAt));
    }
}
