using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Listing;

/// <summary>ListObjectsV2 (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">S3 API</see>).</summary>
internal static class ListObjectsV2
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

        var startAfter = context.Query.Get("start-after");
        var token = context.Query.Get("continuation-token");
        var after = startAfter ?? string.Empty;
        if (token is { Length: > 0 } && ContinuationToken.Decode(token, out after) is { } badToken)
        {
            return badToken;
        }

        var query = ListObjects.Query(context, after, max);
        var page = await context.Catalog.Versions.ListAsync(query, context.Aborted);
        var withOwner = context.Query.Get("fetch-owner") == "true";
        var result = new ListBucketResultV2
        {
            Name = context.Request.Bucket,
            Prefix = query.Prefix,
            Delimiter = query.Delimiter,
            ContinuationToken = token,
            NextContinuationToken = page.IsTruncated ? ContinuationToken.Encode(page.Next) : null,
            StartAfter = startAfter,
            MaxKeys = max,
            IsTruncated = page.IsTruncated,
            EncodeUrl = encodeUrl,
            Contents = [.. page.Objects.Select(o => ListObjects.Describe(o, withOwner))],
            CommonPrefixes = page.CommonPrefixes,
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }
}
