using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Listing;

/// <summary>ListMultipartUploads (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html">S3 API</see>).</summary>
internal static class ListMultipartUploads
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (PageSize.TryParse(context.Query, "max-uploads", out var max) is { } badMax)
        {
            return badMax;
        }

        if (PageSize.TryParseEncoding(context.Query, out var encodeUrl) is { } badEncoding)
        {
            return badEncoding;
        }

        var query = new UploadListQuery
        {
            BucketId = context.Bucket.Id,
            Prefix = context.Query.Get("prefix") ?? string.Empty,
            Delimiter = context.Query.Get("delimiter") ?? string.Empty,
            KeyMarker = context.Query.Get("key-marker") ?? string.Empty,
            UploadIdMarker = context.Query.Get("upload-id-marker") ?? string.Empty,
            MaxUploads = max,
        };
        var page = await context.Catalog.Uploads.ListAsync(query, context.Aborted);
        var result = new ListMultipartUploadsResult
        {
            Bucket = context.Request.Bucket,
            KeyMarker = query.KeyMarker,
            UploadIdMarker = query.UploadIdMarker,
            NextKeyMarker = page.IsTruncated ? page.NextKeyMarker : null,
            NextUploadIdMarker = page.IsTruncated ? page.NextUploadIdMarker : null,
            Prefix = query.Prefix,
            Delimiter = query.Delimiter,
            MaxUploads = max,
            IsTruncated = page.IsTruncated,
            EncodeUrl = encodeUrl,
            Uploads = [.. page.Uploads.Select(Describe)],
            CommonPrefixes = page.CommonPrefixes,
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }

    private static ListedUpload Describe(StoredUpload upload) => new(
        upload.Key,
        upload.UploadId,
        Owners.InitiatorOf(upload),
        Owners.Of(upload.OwnerOrganizationId),
        upload.StorageClass,
        upload.InitiatedAt,
        upload.ChecksumAlgorithm,
        upload.ChecksumType);
}
