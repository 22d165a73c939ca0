using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>The checksum that a client asks for (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">uploads</see>).</summary>
/// <param name="Algorithm">Which.</param>
/// <param name="Value">What it must be; null when it comes in a trailer, or is only to be computed.</param>
/// <param name="InTrailer">Whether its value comes in a trailer.</param>
internal sealed record DeclaredChecksum(ChecksumAlgorithm Algorithm, byte[]? Value, bool InTrailer)
{
    /// <summary>Reads <c>x-amz-checksum-*</c>, <c>x-amz-trailer</c> and <c>x-amz-sdk-checksum-algorithm</c>; null for no checksum.</summary>
    /// <returns>InvalidRequest when they contradict each other, BadDigest when a value can't be the checksum of anything.</returns>
    public static S3Error? Read(OperationContext context, out DeclaredChecksum? checksum)
    {
        checksum = null;
        ChecksumAlgorithm? named = null;
        if (context.Header("x-amz-sdk-checksum-algorithm") is { Length: > 0 } name)
        {
            if (!ChecksumNames.TryParseApiName(name, out var parsed))
            {
                return Unsupported();
            }

            named = parsed;
        }

        foreach (var algorithm in ChecksumNames.All)
        {
            if (context.Header(ChecksumNames.HeaderName(algorithm)) is not { } text)
            {
                continue;
            }

            if (checksum is not null)
            {
                return Invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            }

            if (!ChecksumValue.TryDecode(algorithm, text, out var value))
            {
                return InvalidValue(algorithm);
            }

            checksum = new DeclaredChecksum(algorithm, value, InTrailer: false);
        }

        if (TrailerAlgorithm(context.Header("x-amz-trailer")) is { } trailing)
        {
            if (checksum is not null)
            {
                return Invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            }

            checksum = new DeclaredChecksum(trailing, Value: null, InTrailer: true);
        }

        if (named is not null && checksum is not null && checksum.Algorithm != named)
        {
            return Invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.");
        }

        checksum ??= named is null ? null : new DeclaredChecksum(named.Value, Value: null, InTrailer: false);
        return null;
    }

    /// <summary>The refusal of an algorithm that is not known.</summary>
    public static S3Error Unsupported() => Invalid(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");

    /// <summary>The refusal of a value that is not Base64 of the right length.</summary>
    public static S3Error InvalidValue(ChecksumAlgorithm algorithm) =>
        new(S3ErrorCode.BadDigest, $"Value for {ChecksumNames.HeaderName(algorithm)} header is invalid.");

    private static ChecksumAlgorithm? TrailerAlgorithm(string? trailers)
    {
        foreach (var name in (trailers ?? string.Empty).Split(',', StringSplitOptions.TrimEntries))
        {
            if (ChecksumNames.TryParseHeaderName(name, out var algorithm))
            {
                return algorithm;
            }
        }

        return null;
    }

    private static S3Error Invalid(string message) => new(S3ErrorCode.InvalidRequest, message);
}
