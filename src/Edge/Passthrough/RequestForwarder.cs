using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Responding;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Passthrough;

/// <summary>
/// Passes on whatever is not a cacheable read, streamed both ways. The origin authenticates and authorises it; the edge only refuses what no
/// client may claim.
/// </summary>
internal sealed class RequestForwarder(
    IHttpForwarder forwarder,
    HttpMessageInvoker client,
    RegionRouter router,
    WriteEffects effects,
    CacheReport report,
    EdgeForwarding forwarding,
    CopySourceStatement copySources,
    EdgeOptions options,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<RequestForwarder> logger)
{
    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = options.Upstream.PassthroughActivityTimeout,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Passes the request on and its answer back; an error when there is no answer to pass back.</summary>
    public async Task<S3Error?> PassOnAsync(EdgeRequest request)
    {
        if (Authenticator.Examine(request.Signed, out var claim) is { } refused)
        {
            return refused;
        }

        if (LacksLength(request))
        {
            return S3ErrorCode.MissingContentLength;
        }

        var (error, region) = await router.RouteAsync(request, isSigned: claim is not null, request.Aborted);
        if (error is not null)
        {
            return error;
        }

        request.Region = region!.Name;
        var source = await router.FindForeignSourceAsync(request, region, request.Aborted);
        var sourceStatement = source is not { } at
            ? null
            : copySources.Sign(
                new CopySourcePlace(at.Region.Name, at.Region.S3Url), at.Bucket, time.GetUtcNow(), request.Signed.Method, PassthroughTransformer.TargetOf(request));
        var transformer = new PassthroughTransformer(request, region, options.Name, forwarding, sourceStatement, effects, report, time);
        request.Passage = Passage.Sent;
        var outcome = await forwarder.SendAsync(
            request.Http, region.S3Url.GetLeftPart(UriPartial.Authority), client, _config, transformer, request.Aborted);
        if (outcome == ForwarderError.None)
        {
            request.BytesSent = HttpMethods.IsHead(request.Http.Request.Method) ? 0 : request.Http.Response.ContentLength ?? 0;
            metrics.PassedBytes(request.Http.Response.ContentLength ?? 0);
            return null;
        }

        var exception = request.Http.GetForwarderErrorFeature()?.Exception;
        request.Passage = Failure.PassageOf(outcome, exception, transformer.IsAnswered);
        PassthroughLog.Failed(logger, request.Id, region.Name, outcome, exception?.Message ?? "-");
        return Failure.ErrorOf(outcome);
    }

    /// <summary>Whether an upload does not say where its body ends: the forwarding client would declare an empty one in its place.</summary>
    private static bool LacksLength(EdgeRequest request) =>
        request.S3!.Operation is S3Operation.PutObject or S3Operation.UploadPart &&
        request.Http.Request is { ContentLength: null, Headers.TransferEncoding.Count: 0 };
}
