using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Responding;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Cors;

namespace EdgeCache.Edge.Pipeline;

/// <summary>Answers browsers that ask whether a page may use a bucket, and tells them so on what the edge itself answers; what is passed on has the origin's word.</summary>
internal sealed class CrossOrigin(BucketLocator locator, S3HostOptions hosts, CacheReport report)
{
    /// <summary>Answers an <c>OPTIONS</c> request, or returns the refusal.</summary>
    public async ValueTask<S3Error?> AnswerPreflightAsync(EdgeRequest request)
    {
        var headers = request.Http.Request.Headers;
        string? origin = headers.Origin, method = headers.AccessControlRequestMethod;
        if (CorsAnswer.Examine(origin, method) is { } unasked)
        {
            return unasked;
        }

        if (S3RequestParser.TryParseResource(
                request.Http.Request.Host.Value, request.Signed.RawPath, hosts, out var bucket, out var key, out var region) is { } unparsable)
        {
            return unparsable;
        }

        CorsConfiguration? cors = null;
        if (bucket.Length > 0)
        {
            var (unlocated, located, staleness) = await locator.LocateAsync(bucket, region, request.Aborted);
            if (unlocated is not null)
            {
                request.Staleness = staleness;
                return unlocated;
            }

            (request.Region, request.Owner) = (located!.Region.Name, located.Facts.OwnerOrganizationId);
            cors = located.Facts.Configurations.Cors;
        }

        var refused = CorsAnswer.Preflight(cors, origin!, method!, headers.AccessControlRequestHeaders, key.Length > 0, Set(request));
        if (refused is null)
        {
            request.Http.Response.StatusCode = StatusCodes.Status200OK;
            request.Http.Response.ContentLength = 0;
            report.Write(request);
        }

        return refused;
    }

    /// <summary>Sets the headers of what the edge is about to answer, if it knows the bucket; without it the page simply learns nothing.</summary>
    public async ValueTask DescribeAsync(EdgeRequest request)
    {
        var headers = request.Http.Request.Headers;
        if (headers.Origin.Count == 0 || request.S3 is not { Bucket.Length: > 0 } s3 || request.Http.Response.HasStarted ||
            request.Http.Response.Headers.AccessControlAllowOrigin.Count > 0)
        {
            return;
        }

        var (_, located, _) = await locator.LocateAsync(s3, request.Aborted);
        string? asked = headers.AccessControlRequestMethod;
        CorsAnswer.Describe(located?.Facts.Configurations.Cors, headers.Origin.ToString(), asked ?? request.Http.Request.Method, Set(request));
    }

    /// <summary>Takes back what <see cref="DescribeAsync"/> set, where the origin answers after all.</summary>
    public static void Withdraw(EdgeRequest request)
    {
        var headers = request.Http.Response.Headers;
        headers.Remove("Vary");
        foreach (var name in headers.Keys.Where(static n => n.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            headers.Remove(name);
        }
    }

    private static Action<string, string> Set(EdgeRequest request) => (name, value) => request.Http.Response.Headers[name] = value;
}
