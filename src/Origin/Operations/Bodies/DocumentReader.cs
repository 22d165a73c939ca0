using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>Reads a request's XML document into memory, up to a bound, with all verification that a body gets.</summary>
internal static class DocumentReader
{
    /// <summary>Reads and parses the document.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parse">The document's own reader.</param>
    /// <param name="requireDigest">Whether the operation insists on Content-MD5 or a checksum.</param>
    /// <param name="checksumIsOfBody">False when <c>x-amz-checksum-*</c> speaks of something else than the body.</param>
    public static async Task<Outcome<T>> ReadAsync<T>(
        OperationContext context,
        Func<Stream, CancellationToken, ValueTask<(T? Value, S3Error? Error)>> parse,
        bool requireDigest = false,
        bool checksumIsOfBody = true)
        where T : class
    {
        var document = await ReadBytesAsync(context, requireDigest, checksumIsOfBody);
        if (document.Error is not null)
        {
            return document.Error;
        }

        using var stream = new MemoryStream(document.Value.ToArray(), writable: false);
        var (value, error) = await parse(stream, context.Aborted);
        return error is not null ? error : value!;
    }

    /// <summary>The document's bytes, none when there is no body. MaxMessageLengthExceeded when it is too long.</summary>
    public static async Task<Outcome<ReadOnlyMemory<byte>>> ReadBytesAsync(
        OperationContext context, bool requireDigest = false, bool checksumIsOfBody = true)
    {
        var request = context.Exchange.Request;
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var declared = DeclaredBody.Read(context, checksumIsOfBody);
        if (!declared.Succeeded)
        {
            return declared.Error;
        }

        if (requireDigest && declared.Value is { ContentMd5: null, Checksum: null })
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }

        await using var body = BodyStream.Open(context, declared.Value, out var chunked);
        if (declared.Value.Length > UploadLimits.MaxDocumentLength || await ReadAllAsync(body, context.Aborted) is not { } document)
        {
            return new S3Error(S3ErrorCode.MaxMessageLengthExceeded, Details: [new("MaxMessageLengthBytes", $"{UploadLimits.MaxDocumentLength}")]);
        }

        if (declared.Value.Length is { } length && document.Length != length)
        {
            return S3ErrorCode.IncompleteBody;
        }

        using var digests = new BodyDigests(declared.Value.Checksum is { } checksum ? [checksum.Algorithm] : Enumerable.Empty<ChecksumAlgorithm>());
        digests.Append(document.Span);
        return digests.Complete(declared.Value, chunked?.Trailers, out _) is { } mismatch ? mismatch : document;
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAllAsync(Stream body, CancellationToken cancellationToken)
    {
        using var document = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(piece, cancellationToken)) > 0)
        {
            if (document.Length + read > UploadLimits.MaxDocumentLength)
            {
                return null;
            }

            document.Write(piece, 0, read);
        }

        return document.ToArray();
    }
}
