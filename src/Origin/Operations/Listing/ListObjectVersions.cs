using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Listing;

/// <summary>ListObjectVersions (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html">S3 API</see>).</summary>
internal static class ListObjectVersions
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (PageSize.TryParse(context.Query, "max-keys", out var max) is { } badMax)
        {
            return badMax;
        }

        if (PageSize.TryParseEncoding(context.Query, out var encodeUrl) is { } badEncoding)
        {
            return badEncoding;
        }

        var query = new VersionListQuery
        {
            BucketId = context.Bucket.Id,
            Prefix = context.Query.Get("prefix") ?? string.Empty,
            Delimiter = context.Query.Get("delimiter") ?? string.Empty,
            KeyMarker = context.Query.Get("key-marker") ?? string.Empty,
            VersionIdMarker = context.Query.Get("version-id-marker") ?? string.Empty,
            MaxKeys = max,
        };
        if (query.VersionIdMarker.Length > 0 && query.KeyMarker.Length == 0)
        {
            return new S3Error(
                S3ErrorCode.InvalidArgument, "A version-id marker cannot be specified without a key marker.",
                [new("ArgumentName", "version-id-marker"), new("ArgumentValue", query.VersionIdMarker)]);
        }

        var page = await context.Catalog.Versions.ListVersionsAsync(query, context.Aborted);
        var result = new ListVersionsResult
        {
            Name = context.Request.Bucket,
            Prefix = query.Prefix,
            Delimiter = query.Delimiter,
            KeyMarker = query.KeyMarker,
            VersionIdMarker = query.VersionIdMarker,
            NextKeyMarker = page.IsTruncated ? page.NextKeyMarker : null,
            NextVersionIdMarker = page is { IsTruncated: true, NextVersionIdMarker.Length: > 0 } ? page.NextVersionIdMarker : null,
            MaxKeys = max,
            IsTruncated = page.IsTruncated,
            EncodeUrl = encodeUrl,
            Versions = [.. page.Versions.Select(Describe)],
            CommonPrefixes = page.CommonPrefixes,
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }

    private static VersionEntry Describe(ListedVersion version) => new()
    {
        Key = version.Key,
        VersionId = version.VersionId,
        IsLatest = version.IsLatest,
        IsDeleteMarker = version.IsDeleteMarker,
        LastModified = version.LastModified,
        ETag = version.ETag,
        Size = version.Size,
        StorageClass = version.StorageClass,
        Owner = Owners.Of(version.OwnerOrganizationId),
        ChecksumAlgorithm = version.ChecksumAlgorithm,
        ChecksumType = version.ChecksumType,
    };
}
