using EdgeCache.Origin.Audit;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Operations;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Websites;

/// <summary>
/// Serves buckets as websites under <c>&lt;bucket&gt;.website.&lt;region&gt;.&lt;domain&gt;</c>
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html">website endpoints</see>): GET and HEAD, to everyone who may read
/// without credentials, which are not looked at here.
/// </summary>
internal sealed class WebsiteEndpoint(Authenticator authenticator, Authorizer authorizer, RequestAudit audit, OriginServices services, OriginOptions options)
{
    private const string RedirectHeader = "x-amz-website-redirect-location";

    private static readonly string[] OfOneBody = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"];

    /// <summary>Answers a request; null always, since its errors are pages.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="bucketName">The bucket that its host names; empty for none.</param>
    /// <param name="region">The region that its host names.</param>
    public async Task<S3Error?> ServeAsync(S3Exchange exchange, string bucketName, string region)
    {
        exchange.Phase = RequestPhase.Parse;
        if (!HttpMethods.IsGet(exchange.Request.Method) && !HttpMethods.IsHead(exchange.Request.Method))
        {
            exchange.Response.Headers.Allow = "GET, HEAD";
            await WebsitePages.WriteErrorAsync(exchange, S3ErrorCode.MethodNotAllowed);
            return null;
        }

        var bucket = region == options.Region && BucketName.TryParse(bucketName, out _)
            ? await services.Catalog.Buckets.FindAsync(bucketName, exchange.Aborted)
            : null;
        if (bucket?.Facts.Configurations.Website is not { } website)
        {
            var code = bucket is null ? S3ErrorCode.NoSuchBucket : S3ErrorCode.NoSuchWebsiteConfiguration;
            await WebsitePages.WriteErrorAsync(exchange, new S3Error(code, Details: [new("BucketName", bucketName)]));
            return null;
        }

        if (!PercentEncoding.TryDecode(exchange.Signed.RawPath.AsSpan(1), plusIsSpace: false, out var path))
        {
            await WebsitePages.WriteErrorAsync(exchange, S3ErrorCode.InvalidURI);
            return null;
        }

        var (scheme, host) = (exchange.Authenticated?.Via?.IsSecure ?? exchange.Request.IsHttps ? "https" : "http", exchange.Request.Host.Value ?? string.Empty);
        if (website.RedirectAllTo is { } all)
        {
            WebsitePages.Redirect(exchange, StatusCodes.Status301MovedPermanently, $"{all.Protocol ?? scheme}://{all.Name}{exchange.Signed.RawPath}");
            return null;
        }

        if (website.Rules.FirstOrDefault(rule => rule.Fits(path, null)) is { } early)
        {
            WebsitePages.Redirect(exchange, early.RedirectCode ?? StatusCodes.Status301MovedPermanently, early.Location(path, scheme, host));
            return null;
        }

        var key = path.Length == 0 || path.EndsWith('/') ? path + website.IndexSuffix : path;
        var error = await ShowAsync(exchange, bucket, key, null);
        if (error is null)
        {
            return null;
        }

        // A folder that was asked for without its slash.
        if (key == path && error.Status is 403 or 404 && await FindAsync(exchange, bucket, $"{key}/{website.IndexSuffix}") is { Succeeded: true, Value.Version: not null })
        {
            WebsitePages.Redirect(exchange, StatusCodes.Status302Found, $"/{PercentEncoding.Encode(key, keepSlash: true)}/");
            return null;
        }

        if (website.Rules.FirstOrDefault(rule => rule.Fits(path, error.Status)) is { } late)
        {
            WebsitePages.Redirect(exchange, late.RedirectCode ?? StatusCodes.Status301MovedPermanently, late.Location(path, scheme, host));
            return null;
        }

        if (error.Status is 304 or 412 or 416 || website.ErrorKey is not { } errorKey || await ShowAsync(exchange, bucket, errorKey, error) is not null)
        {
            await WebsitePages.WriteErrorAsync(exchange, error);
        }

        return null;
    }

    /// <summary>Sends an object, or returns the error; instead of another error, whose status it then has.</summary>
    private async Task<S3Error?> ShowAsync(S3Exchange exchange, BucketRow bucket, string key, S3Error? insteadOf)
    {
        var found = await FindAsync(exchange, bucket, key);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var authorized = found.Value;
        if (RequesterPays.Check(null, authorized.Authenticated.Request.Query, bucket.Facts, Principal.Anonymous, out _) is { } unpaid)
        {
            return unpaid;
        }

        if (authorized.Version?.Facts is not { IsDeleteMarker: false } facts)
        {
            return new S3Error(S3ErrorCode.NoSuchKey, Details: [new("Key", key)]);
        }

        if (insteadOf is null && await audit.AdmitAsync(exchange, bucket.Facts) is { } unrecordable)
        {
            return unrecordable;
        }

        if (insteadOf is null && facts.Headers.TryGetValue(RedirectHeader, out var location))
        {
            WebsitePages.Redirect(exchange, StatusCodes.Status301MovedPermanently, location);
            return null;
        }

        if (insteadOf is not null)
        {
            exchange.Error = insteadOf;
            foreach (var name in OfOneBody)
            {
                exchange.Request.Headers.Remove(name);
            }

            exchange.Response.OnStarting(() =>
            {
                exchange.Response.StatusCode = insteadOf.Status;
                return Task.CompletedTask;
            });
        }

        exchange.Phase = RequestPhase.Execute;
        return await OperationDispatcher.ExecuteAsync(new OperationContext(exchange, authorized, services));
    }

    private async Task<Outcome<AuthorizedRequest>> FindAsync(S3Exchange exchange, BucketRow bucket, string key)
    {
        if (!ObjectKey.TryParse(key, out _))
        {
            return S3ErrorCode.KeyTooLongError;
        }

        var request = new S3Request
        {
            Operation = HttpMethods.IsHead(exchange.Request.Method) ? S3Operation.HeadObject : S3Operation.GetObject,
            Bucket = bucket.Facts.Name,
            Key = key,
            Query = S3Query.Empty,
            VirtualHosted = true,
            HostRegion = options.Region,
        };
        exchange.Parsed = request;
        exchange.Authenticated = authenticator.Anonymous(exchange.Signed, request);
        exchange.Principal = Principal.Anonymous.Name;
        exchange.FromEdge = exchange.Authenticated.Via is not null;
        exchange.Phase = RequestPhase.Authorise;
        return await authorizer.AuthorizeAsync(exchange.Authenticated, exchange, exchange.Aborted);
    }
}
