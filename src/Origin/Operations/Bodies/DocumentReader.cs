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
    public static async Task<Outcome<T>> ReadAsync<T>(
        OperationContext context, Func<Stream, CancellationToken, ValueTask<(T? Value, S3Error? Error)>> parse, bool requireDigest = false)
        where T : class
    {
        var document = await ReadAsync(context, requireDigest);
        if (!document.Succeeded)
        {
            return document.Error;
        }

        using var stream = new MemoryStream(document.Value, writable: false);
        var (value, error) = await parse(stream, context.Aborted);
        return error is not null ? error : value!;
    }

    /// <summary>The document's bytes, none when there is no body. MaxMessageLengthExceeded when it is too long.</summary>
    /// <param name="context">The request.</param>
    /// <param name="requireDigest">Whether the operation insists on Content-MD5 or a checksum.</param>
    private static async Task<Outcome<byte[]>> ReadAsync(OperationContext context, bool requireDigest)
    {
        var request = context.Exchange.Request;
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
        {
            return Array.Empty<byte>();
        }

        var declared = DeclaredBody.Read(context);
        if (!declared.Succeeded)
        {
            return declared.Error;
        }

        if (declared.Value.Length > UploadLimits.MaxDocumentLength)
        {
            return new S3Error(S3ErrorCode.MaxMessageLengthExceeded, Details: [new("MaxMessageLengthBytes", $"{UploadLimits.MaxDocumentLength}")]);
        }

        if (requireDigest && declared.Value is { ContentMd5: null, Checksum: null })
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }

        await using var body = BodyStream.Open(context, declared.Value, out var chunked);
        var document = new byte[declared.Value.Length];
        var count = await BodyStream.FillAsync(body, document, context.Aborted);
        var beyond = count == document.Length ? await body.ReadAsync(new byte[1], context.Aborted) : 0;
        if (count < document.Length || beyond > 0)
        {
            return S3ErrorCode.IncompleteBody;
        }

        using var digests = new BodyDigests(declared.Value.Checksum is { } checksum ? [checksum.Algorithm] : Enumerable.Empty<ChecksumAlgorithm>());
        digests.Append(document);
        return digests.Complete(declared.Value, chunked?.Trailers, out _) is { } mismatch ? mismatch : document;
    }
}
