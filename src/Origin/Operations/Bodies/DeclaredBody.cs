using System.Globalization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>What a request's headers say about its body: how it is coded, how long it is, and what it must hash to.</summary>
/// <param name="Length">Its decoded length, in bytes; null when it comes in HTTP's chunked coding without saying.</param>
/// <param name="Kind">How it is signed and coded.</param>
/// <param name="ContentMd5">The MD5 that it must have; null for none.</param>
/// <param name="Checksum">The checksum that it must or shall have; null for none.</param>
internal sealed record DeclaredBody(long? Length, PayloadKind Kind, byte[]? ContentMd5, DeclaredChecksum? Checksum)
{
    private const string DecodedLengthHeader = "x-amz-decoded-content-length";

    /// <summary>Whether the body comes in <c>aws-chunked</c> coding.</summary>
    public bool IsChunked => Kind is PayloadKind.StreamingSigned or PayloadKind.StreamingSignedTrailer or PayloadKind.StreamingUnsignedTrailer;

    /// <summary>Reads the headers: MissingContentLength, EntityTooLarge, InvalidDigest, InvalidArgument or InvalidRequest when they can't be right.</summary>
    /// <param name="context">The request.</param>
    /// <param name="checksumIsOfBody">False when <c>x-amz-checksum-*</c> speaks of something else than the body.</param>
    public static Outcome<DeclaredBody> Read(OperationContext context, bool checksumIsOfBody = true)
    {
        var kind = KindOf(context);
        var length = ReadLength(context, kind);
        if (length.Error is not null)
        {
            return length.Error;
        }

        if (length.Value > UploadLimits.MaxBodyLength)
        {
            return new S3Error(S3ErrorCode.EntityTooLarge, Details:
            [
                new("ProposedSize", length.Value.Value.ToString(CultureInfo.InvariantCulture)),
                new("MaxSizeAllowed", UploadLimits.MaxBodyLength.ToString(CultureInfo.InvariantCulture)),
            ]);
        }

        var md5 = ReadContentMd5(context.Header("Content-MD5"), out var badMd5);
        if (badMd5 is not null)
        {
            return badMd5;
        }

        DeclaredChecksum? checksum = null;
        return checksumIsOfBody && DeclaredChecksum.Read(context, out checksum) is { } error ? error : new DeclaredBody(length.Value, kind, md5, checksum);
    }

    /// <summary>Reads a <c>Content-MD5</c> header: InvalidDigest when it is not the Base64 of 16 bytes.</summary>
    public static byte[]? ReadContentMd5(string? header, out S3Error? error)
    {
        error = null;
        if (header is null)
        {
            return null;
        }

        var md5 = new byte[16];
        if (Convert.TryFromBase64String(header, md5, out var written) && written == md5.Length)
        {
            return md5;
        }

        error = new S3Error(S3ErrorCode.InvalidDigest, Details: [new("Content-MD5", header)]);
        return null;
    }

    private static PayloadKind KindOf(OperationContext context)
    {
        if (context.Authorized.Authenticated.Claim is { } claim)
        {
            return claim.PayloadKind;
        }

        return context.Header("x-amz-content-sha256") == PayloadHash.StreamingUnsignedTrailer ? PayloadKind.StreamingUnsignedTrailer : PayloadKind.Unsigned;
    }

    private static Outcome<long?> ReadLength(OperationContext context, PayloadKind kind)
    {
        var decoded = context.Header(DecodedLengthHeader);
        var isPlain = kind is PayloadKind.Hash or PayloadKind.Unsigned;
        if (isPlain && context.Exchange.Request.ContentLength is { } contentLength)
        {
            return new Outcome<long?>(contentLength, null);
        }

        if (decoded is null)
        {
            // HTTP's own chunks delimit a plain body; one in aws-chunked coding must say what it decodes to.
            return isPlain && context.Exchange.Request.Headers.TransferEncoding.Count > 0
                ? new Outcome<long?>(null, null)
                : S3ErrorCode.MissingContentLength;
        }

        return long.TryParse(decoded, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? new Outcome<long?>(length, null)
            : new S3Error(S3ErrorCode.InvalidArgument, "The decoded content length is not a number.",
                [new("ArgumentName", DecodedLengthHeader), new("ArgumentValue", decoded)]);
    }
}
