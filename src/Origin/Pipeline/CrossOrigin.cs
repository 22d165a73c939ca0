using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Cors;

namespace EdgeCache.Origin.Pipeline;

/// <summary>Answers browsers that ask whether a page may use a bucket, and tells them so on every answer, an error's too. Needs no caller: it tells nothing else.</summary>
internal sealed class CrossOrigin(OriginCatalog catalog, S3HostOptions hosts, OriginOptions options)
{
    /// <summary>Answers an <c>OPTIONS</c> request, or returns the refusal.</summary>
    public async Task<S3Error?> AnswerPreflightAsync(S3Exchange exchange)
    {
        var (origin, method) = (exchange.Header(CorsAnswer.OriginHeader), exchange.Header(CorsAnswer.MethodHeader));
        if (CorsAnswer.Examine(origin, method) is { } unasked)
        {
            return unasked;
        }

        if (S3RequestParser.TryParseResource(
                exchange.Request.Host.Value, exchange.Signed.RawPath, hosts, out var bucket, out var key, out var region) is { } unparsable)
        {
            return unparsable;
        }

        var found = bucket.Length == 0 ? null : await FindAsync(bucket, region, exchange.Aborted);
        if (found is null && bucket.Length > 0)
        {
            return new S3Error(S3ErrorCode.NoSuchBucket, Details: [new("BucketName", bucket)]);
        }

        var refused = CorsAnswer.Preflight(
            found?.Facts.Configurations.Cors, origin!, method!, exchange.Header(CorsAnswer.HeadersHeader), key.Length > 0, Set(exchange));
        if (refused is null)
        {
            exchange.Respond(StatusCodes.Status200OK);
        }

        return refused;
    }

    /// <summary>Sets the headers of whatever answer the request gets.</summary>
    public async ValueTask DescribeAsync(S3Exchange exchange, S3Request request)
    {
        if (exchange.Header(CorsAnswer.OriginHeader) is { Length: > 0 } origin && request.Bucket.Length > 0 &&
            await FindAsync(request.Bucket, request.HostRegion, exchange.Aborted) is { Facts.Configurations.Cors: { } cors })
        {
            CorsAnswer.Describe(cors, origin, exchange.Header(CorsAnswer.MethodHeader) ?? exchange.Request.Method, Set(exchange));
        }
    }

    private async ValueTask<BucketRow?> FindAsync(string bucket, string? region, CancellationToken cancellationToken) =>
        region is null || region == options.Region ? await catalog.Buckets.FindAsync(bucket, cancellationToken) : null;

    private static Action<string, string> Set(S3Exchange exchange) => (name, value) => exchange.Response.Headers[name] = value;
}
