using System.Buffers;

namespace EdgeCache.Shared.SigV4;

/// <summary>The values of the header <c>x-amz-content-sha256</c>.</summary>
public static class PayloadHash
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The header's name.</summary>
    public const string Header = "x-amz-content-sha256";

    /// <summary>The hash of an empty body.</summary>
    public const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The body is not signed.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The body comes in chunks, each signed.</summary>
    public const string StreamingSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

    /// <summary>The body comes in chunks, each signed, followed by signed trailers.</summary>
    public const string StreamingSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    /// <summary>The body comes in unsigned chunks, followed by trailers.</summary>
    public const string StreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// <summary>The kind that a header value names; false when it is neither a known word nor 64 hexadecimal digits.</summary>
    public static bool TryParse(string value, out PayloadKind kind)
    {
        (var known, kind) = value switch
        {
            Unsigned => (true, PayloadKind.Unsigned),
            StreamingSigned => (true, PayloadKind.StreamingSigned),
            StreamingSignedTrailer => (true, PayloadKind.StreamingSignedTrailer),
            StreamingUnsignedTrailer => (true, PayloadKind.StreamingUnsignedTrailer),
            _ => (value.Length == 64 && !value.AsSpan().ContainsAnyExcept(HexDigits), PayloadKind.Hash),
        };
        return known;
    }
}
