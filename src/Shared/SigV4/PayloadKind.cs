namespace EdgeCache.Shared.SigV4;

/// <summary>How a request's signature covers its body, by the value of <c>x-amz-content-sha256</c>.</summary>
public enum PayloadKind
{
    /// <summary>By the SHA-256 of the body.</summary>
    Hash,

    /// <summary>Not at all: <c>UNSIGNED-PAYLOAD</c>.</summary>
    Unsigned,

    /// <summary>By a signature per chunk: <c>STREAMING-AWS4-HMAC-SHA256-PAYLOAD</c>.</summary>
    StreamingSigned,

    /// <summary>By a signature per chunk and one for the trailers: <c>STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER</c>.</summary>
    StreamingSignedTrailer,

    /// <summary>Not at all, but in chunks with trailers: <c>STREAMING-UNSIGNED-PAYLOAD-TRAILER</c>.</summary>
    StreamingUnsignedTrailer,
}
