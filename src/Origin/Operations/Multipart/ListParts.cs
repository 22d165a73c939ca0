using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>ListParts (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html">S3 API</see>).</summary>
internal static class ListParts
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (PageSize.TryParse(context.Query, "max-parts", out var max) is { } badMax)
        {
            return badMax;
        }

        if (PageSize.TryParseMarker(context.Query, "part-number-marker", out var marker) is { } badMarker)
        {
            return badMarker;
        }

        if (PageSize.TryParseEncoding(context.Query, out var encodeUrl) is { } badEncoding)
        {
            return badEncoding;
        }

        var uploadId = context.Query.Get("uploadId") ?? string.Empty;
        var listed = await context.Catalog.Uploads.ListPartsAsync(context.Bucket.Id, context.Request.Key, uploadId, marker, max, context.Aborted);
        if (!listed.Succeeded)
        {
            return listed.Error;
        }

        var upload = listed.Value.Upload;
        var parts = listed.Value.Parts;
        var result = new ListPartsResult
        {
            Bucket = context.Request.Bucket,
            Key = context.Request.Key,
            UploadId = uploadId,
            Initiator = Owners.InitiatorOf(upload),
            Owner = Owners.Of(upload.OwnerOrganizationId),
            StorageClass = upload.StorageClass,
            PartNumberMarker = marker,
            NextPartNumberMarker = parts.Count > 0 ? parts[^1].PartNumber : marker,
            MaxParts = max,
            IsTruncated = listed.Value.IsTruncated,
            EncodeUrl = encodeUrl,
            ChecksumAlgorithm = upload.ChecksumAlgorithm,
            ChecksumType = upload.ChecksumType,
            Parts = [.. parts.Select(static p => new ListedPart(p.PartNumber, p.LastModified, p.ETag, p.Size, p.Checksum))],
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }
}
