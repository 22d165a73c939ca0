using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>Chunked bodies of every kind, under the documentation's key.</summary>
internal static class ChunkedBody
{
    public static readonly KeyValuePair<string, string>[] Trailers = [new("x-amz-checksum-crc32c", "sOO8/Q=="), new("X-Amz-Meta-Note", " später ")];

    public static SigV4Claim Claim(PayloadKind kind) => new()
    {
        AccessKeyId = DocumentedExamples.AccessKeyId,
        Scope = new SigV4Scope("20130524", "us-east-1", "s3"),
        SignedAt = DocumentedExamples.Time,
        SignedHeaders = ["host"],
        Signature = new string('a', ChunkSigner.SignatureLength),
        PayloadKind = kind,
        PayloadHash = kind switch
        {
            PayloadKind.StreamingSigned => PayloadHash.StreamingSigned,
            PayloadKind.StreamingSignedTrailer => PayloadHash.StreamingSignedTrailer,
            _ => PayloadHash.StreamingUnsignedTrailer,
        },
    };

    public static byte[] Encode(PayloadKind kind, ReadOnlySpan<byte> content, int chunkSize) => AwsChunkedEncoder.Encode(
        content, chunkSize,
        kind == PayloadKind.StreamingUnsignedTrailer ? null : new ChunkSigner(DocumentedExamples.Key, Claim(kind)),
        kind == PayloadKind.StreamingSigned ? null : Trailers);

    public static AwsChunkedStream Decode(PayloadKind kind, Stream body, long decodedLength, string? declared = null) =>
        new(body, Claim(kind), kind == PayloadKind.StreamingUnsignedTrailer ? null : DocumentedExamples.Key, decodedLength, declared);
}
