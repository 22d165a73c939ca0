using System.Globalization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>CompleteMultipartUpload (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html">S3 API</see>).</summary>
internal static class CompleteMultipartUpload
{
    private const string SizeHeader = "x-amz-mp-object-size";

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        long? size = null;
        if (context.Header(SizeHeader) is { } sizeText)
        {
            if (!long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                return new S3Error(S3ErrorCode.InvalidRequest, $"Value for {SizeHeader} header is invalid.");
            }

            size = parsed;
        }

        var request = await DocumentReader.ReadAsync<CompleteMultipartUploadRequest>(
            context, CompleteMultipartUploadRequest.ReadAsync, checksumIsOfBody: false);
        if (!request.Succeeded)
        {
            return request.Error;
        }

        // A client may repeat checksums that it sent with the parts while the upload keeps another kind: those were verified when they came.
        var uploadId = context.Query.Get("uploadId") ?? string.Empty;
        var upload = await context.Catalog.Uploads.FindAsync(context.Bucket.Id, context.Request.Key, uploadId, context.Aborted);
        var key = CustomerKeyHeaders.Read(context);
        if ((key.Error ?? (upload is null ? null : CheckKey(upload, key.Value))) is { } wrongKey)
        {
            return wrongKey;
        }

        var kept = upload is null ? null : upload.ChecksumAlgorithm ?? (ChecksumAlgorithm?)ChecksumAlgorithm.Crc64Nvme;
        var completion = new UploadCompletion(
            context.Bucket.Id,
            context.Request.Key,
            uploadId,
            [.. request.Value.Parts.Select(p => new NamedPart(p.PartNumber, p.ETag, p.Checksum?.Algorithm == kept ? p.Checksum?.Value : null))],
            WriteConditions.Read(context),
            new UploadSeal(DeclaredObjectChecksum(context), size).Seal);
        var completed = await context.Catalog.Uploads.CompleteAsync(completion, CancellationToken.None);
        if (!completed.Succeeded)
        {
            return completed.Error;
        }

        var facts = completed.Value.Facts;
        CustomerKeyHeaders.Tell(context, facts.Encryption, key.Value);
        context.SetNewVersionId(facts.VersionId);
        context.DescribeExpiration(facts);
        context.Committed(completed.Value.Sequence);
        var http = context.Exchange.Request;
        var location = $"{http.Scheme}://{http.Host}{context.Exchange.Signed.RawPath}";
        var result = new CompleteMultipartUploadResult(location, facts.Bucket, facts.Key, facts.ETag, facts.Checksum);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }

    // As S3 documents it, an upload that asked for a checksum takes its customer's key here too. Others may leave it out, and clients do, but not change it.
    private static S3Error? CheckKey(StoredUpload upload, CustomerKey? key) => key is null && upload.ChecksumAlgorithm is null
        ? null
        : CustomerKeyHeaders.Check(upload.Encryption, upload.CustomerKeyCheck, key);

    // Here an x-amz-checksum-* header is of the object, not of the request's body.
    private static string? DeclaredObjectChecksum(OperationContext context)
    {
        foreach (var algorithm in ChecksumNames.All)
        {
            if (context.Header(ChecksumNames.HeaderName(algorithm)) is { } value)
            {
                return value;
            }
        }

        return null;
    }
}
