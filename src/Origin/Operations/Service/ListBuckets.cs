using System.Globalization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Listing;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Service;

/// <summary>
/// ListBuckets (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html">S3 API</see>): this region's buckets, or those of the
/// whole deployment when the request came to an edge, whose endpoint serves them all.
/// </summary>
internal static class ListBuckets
{
    /// <summary>The most buckets of one page.</summary>
    public const int MaxPage = 10_000;

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (ReadMax(context.Query, out var max) is { } badMax)
        {
            return badMax;
        }

        if (ContinuationToken.Decode(context.Query.Get("continuation-token") ?? string.Empty, out var after) is { } badToken)
        {
            return badToken;
        }

        var owner = context.Principal.OrganizationId;
        var prefix = context.Query.Get("prefix");
        var found = context.Authorized.Authenticated.Via is null
            ? await ListRegionAsync(context, owner, prefix, after, max)
            : await ListDeploymentAsync(context, owner, prefix, after, max);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var result = new ListAllMyBucketsResult
        {
            Owner = Owners.Of(owner),
            Buckets = found.Value.Buckets,
            ContinuationToken = found.Value.IsTruncated ? ContinuationToken.Encode(found.Value.Buckets[^1].Name) : null,
            Prefix = prefix,
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, result.Write());
        return null;
    }

    private static S3Error? ReadMax(S3Query query, out int max)
    {
        max = MaxPage;
        return query.Get("max-buckets") is not { } text ||
               (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out max) && max is > 0 and <= MaxPage)
            ? null
            : new S3Error(
                S3ErrorCode.InvalidArgument, $"max-buckets must be an integer between 1 and {MaxPage}",
                [new("ArgumentName", "max-buckets"), new("ArgumentValue", text)]);
    }

    private static async Task<Outcome<Page>> ListRegionAsync(OperationContext context, string owner, string? prefix, string after, int max)
    {
        if (context.Query.Get("bucket-region") is { } region && region != context.Services.Options.Region)
        {
            return new Page([], IsTruncated: false);
        }

        var page = await context.Catalog.Buckets.ListAsync(new BucketListQuery(owner, prefix ?? string.Empty, after, max), context.Aborted);
        return new Page([.. page.Buckets.Select(static b => new ListedBucket(b.Facts.Name, b.Facts.CreatedAt, b.Facts.Region))], page.IsTruncated);
    }

    private static async Task<Outcome<Page>> ListDeploymentAsync(OperationContext context, string owner, string? prefix, string after, int max)
    {
        if (await context.Services.Directory.ListAsync(owner, context.Aborted) is not { } entries)
        {
            return S3ErrorCode.ServiceUnavailable;
        }

        var region = context.Query.Get("bucket-region");
        var matching = entries
            .Where(e => e.Bucket.StartsWith(prefix ?? string.Empty, StringComparison.Ordinal) && (region is null || e.Region == region))
            .Where(e => string.CompareOrdinal(e.Bucket, after) > 0)
            .OrderBy(static e => e.Bucket, StringComparer.Ordinal)
            .ToList();
        return new Page([.. matching.Take(max).Select(static e => new ListedBucket(e.Bucket, e.CreatedAt, e.Region))], matching.Count > max);
    }

    private sealed record Page(IReadOnlyList<ListedBucket> Buckets, bool IsTruncated);
}
