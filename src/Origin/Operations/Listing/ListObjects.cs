using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Listing;

/// <summary>ListObjects (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html">S3 API</see>).</summary>
internal static class ListObjects
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

        var marker = context.Query.Get("marker") ?? string.Empty;
        var query = Query(context, marker, max);
        var page = await context.Catalog.Versions.ListAsync(query, context.Aborted);
        var result = new ListBucketResultV1
        {
            Name = context.Request.Bucket,
            Prefix = query.Prefix,
            Delimiter = query.Delimiter,
            Marker = marker,
            // Without a delimiter the last key tells where to go on, and S3 leaves the marker out.
            NextMarker = page.IsTruncated && query.Delimiter.Length > 0 ? page.Next : null,
            MaxKeys = max,
            IsTruncated = page.IsTruncated,
            EncodeUrl = encodeUrl,
            Contents = [.. page.Objects.Select(static o => Describe(o, withOwner: true))],
            CommonPrefixes = page.CommonPrefixes,
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }

    /// <summary>The query that both versions of the operation make.</summary>
    public static ObjectListQuery Query(OperationContext context, string after, int max) => new()
    {
        BucketId = context.Bucket.Id,
        Prefix = context.Query.Get("prefix") ?? string.Empty,
        Delimiter = context.Query.Get("delimiter") ?? string.Empty,
        After = after,
        MaxKeys = max,
    };

    /// <summary>A row of the answer.</summary>
    public static ListedObject Describe(ListedVersion version, bool withOwner) => new(
        version.Key,
        version.LastModified,
        version.ETag,
        version.Size,
        version.StorageClass,
        withOwner ? Owners.Of(version.OwnerOrganizationId) : null,
        version.ChecksumAlgorithm,
        version.ChecksumType);
}
