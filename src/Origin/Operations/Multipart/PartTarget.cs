using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>The upload and number that a part is sent to.</summary>
internal sealed record PartTarget(StoredUpload Upload, int PartNumber, Protection Protection)
{
    /// <summary>The checksum kept with each part: what the upload asked for, else one from which that of the whole object follows without reading it again.</summary>
    public ChecksumAlgorithm PartAlgorithm => Upload.ChecksumAlgorithm ?? ChecksumAlgorithm.Crc64Nvme;

    public static async Task<Outcome<PartTarget>> FindAsync(OperationContext context)
    {
        if (Shared.S3.PartNumber.TryParse(context.Query.Get("partNumber"), out var number) is { } badNumber)
        {
            return badNumber;
        }

        var uploadId = context.Query.Get("uploadId") ?? string.Empty;
        var upload = await context.Catalog.Uploads.FindAsync(context.Bucket.Id, context.Request.Key, uploadId, context.Aborted);
        if (upload is null || upload.IsCompleted)
        {
            return new S3Error(S3ErrorCode.NoSuchUpload, Details: [new("UploadId", uploadId)]);
        }

        // An upload encrypted with a customer's key takes it with each part.
        var key = CustomerKeyHeaders.Read(context);
        return (key.Error ?? CustomerKeyHeaders.Check(upload.Encryption, upload.CustomerKeyCheck, key.Value)) is { } refused
            ? refused
            : new PartTarget(upload, number, new Protection(upload.Encryption, key.Value, upload.CustomerKeyCheck));
    }

    /// <summary>Asks the quota for a part of a length in bytes, as <see cref="QuotaCheck.AskAsync"/>.</summary>
    public ValueTask<(S3Error? Error, long QuotaBytes)> AskQuotaAsync(OperationContext context, long? length) =>
        QuotaCheck.AskAsync(context, length, () => QuotaCheck.ReplacedPartAsync(context, Upload.UploadId, PartNumber));

    public NewPart NewPart(ReceivedBody body, long quotaBytes) => new()
    {
        BucketId = Upload.BucketId,
        Key = Upload.Key,
        UploadId = Upload.UploadId,
        PartNumber = PartNumber,
        QuotaBytes = quotaBytes,
        Segments = body.Segments,
        ETag = body.ETag,
        Checksum = new ObjectChecksum(PartAlgorithm, ChecksumType.FullObject, ChecksumValue.Encode(body.Digests.Checksums[PartAlgorithm])),
    };
}
