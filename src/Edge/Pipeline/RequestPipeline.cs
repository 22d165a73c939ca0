using EdgeCache.Edge.Audit;
using EdgeCache.Edge.Passthrough;
using EdgeCache.Edge.Pipeline.AccessLogging;
using EdgeCache.Edge.Responding;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using Microsoft.AspNetCore.Connections;

namespace EdgeCache.Edge.Pipeline;

/// <summary>
/// The life of a request at the edge: parse, then either the phases of a cached read or the way to the home region; whatever goes wrong
/// in any of them is answered here, once; metrics and log see every request at its end.
/// </summary>
internal sealed class RequestPipeline(
    S3HostOptions hosts,
    ObjectReads reads,
    RequestForwarder forwarder,
    ErrorResponder errors,
    CrossOrigin crossOrigin,
    RequestAudit audit,
    RequestLines? accessLog,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<RequestPipeline> logger)
{
    private const string CopySourceHeader = "x-amz-copy-source";

    private readonly RequestIds _ids = new();

    /// <summary>Serves one request of the S3 listener.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        var request = new EdgeRequest(http, _ids.Next(), time.GetTimestamp());
        errors.Identify(request);
        request.CloseIfNothingIsExpected();
        try
        {
            if (await RunAsync(request) is { } error)
            {
                await RefuseAsync(request, error);
            }
            else if (!request.TryEnd())
            {
                await errors.AnswerAsync(request, S3ErrorCode.ServiceUnavailable);
            }
        }
        catch (Exception e)
        {
            await HandleAsync(request, e);
        }

        // Answers that were cut off are recorded too; nobody is left to be told if they can't be.
        request.TryEnd();
        double? firstByte = request.FirstByteAt is { } at ? time.GetElapsedTime(request.StartedAt, at).TotalSeconds : null;
        var status = http.Response.StatusCode;
        metrics.RequestEnded(request, status, firstByte);
        accessLog?.Ended(request, status);
        if (logger.IsEnabled(LogLevel.Debug))
        {
            LogEnd(request, status);
        }
    }

    private void LogEnd(EdgeRequest request, int status)
    {
        var http = request.Http;
        PipelineLog.Ended(
            logger, request.Id, http.Request.Method, request.S3?.Operation.ToString() ?? "-", request.S3?.Resource ?? "-", status, request.Phase, request.Outcome,
            request.Error?.Code.ToString() ?? "-", time.GetElapsedTime(request.StartedAt).TotalMilliseconds);
    }

    private async Task<S3Error?> RunAsync(EdgeRequest request)
    {
        if (hosts.TryResolveWebsite(request.Http.Request.Host.Value, out var website, out var region))
        {
            return await PassOnWebsiteAsync(request, website, region);
        }

        if (HttpMethods.IsOptions(request.Http.Request.Method))
        {
            return await crossOrigin.AnswerPreflightAsync(request);
        }

        var signed = request.Signed;
        var hasCopySource = request.Http.Request.Headers.ContainsKey(CopySourceHeader);
        var unparsable = S3RequestParser.TryParse(
            signed.Method, request.Http.Request.Host.Value, signed.RawPath, signed.RawQuery, hasCopySource, hosts, out var s3);
        request.S3 = s3;
        if (signed.HeaderBytes > RequestLimits.MaxHeaderBytes)
        {
            return RequestLimits.HeadersTooLarge;
        }

        if (unparsable is not null)
        {
            return unparsable;
        }

        request.Outcome = Cacheability.Judge(s3!, signed.AmzHeaderNames);
        if (request.Outcome == CacheOutcome.None)
        {
            if (request.Http.Request.Headers.Origin.Count > 0)
            {
                await crossOrigin.DescribeAsync(request);
            }

            var error = await reads.ServeAsync(request);
            if (request.Outcome != CacheOutcome.Suspended)
            {
                return error;
            }

            // The origin decides from here on, and says all that is to be said of the bucket.
            request.Caller = null;
            CrossOrigin.Withdraw(request);
        }

        request.Phase = RequestPhase.PassOn;
        return await forwarder.PassOnAsync(request);
    }

    /// <summary>Websites are served by their home region alone: what is shown there depends on more than the object.</summary>
    private async Task<S3Error?> PassOnWebsiteAsync(EdgeRequest request, string bucket, string region)
    {
        request.S3 = new S3Request
        {
            Operation = S3Operation.GetObject,
            Bucket = BucketName.TryParse(bucket, out _) ? bucket : string.Empty,
            Key = string.Empty,
            Query = S3Query.Empty,
            VirtualHosted = true,
            HostRegion = region,
        };
        request.Outcome = CacheOutcome.NotAnObjectRead;
        request.Phase = RequestPhase.PassOn;
        return await forwarder.PassOnAsync(request);
    }

    /// <summary>Answers an error, and has it recorded where its bucket's owner, or the caller's organization, wants that.</summary>
    private async Task RefuseAsync(EdgeRequest request, S3Error error)
    {
        S3Error? unrecordable;
        try
        {
            await crossOrigin.DescribeAsync(request);
            unrecordable = await audit.AdmitRefusedAsync(request);
        }
        catch (OperationCanceledException) when (request.Aborted.IsCancellationRequested)
        {
            request.Http.Abort();
            return;
        }

        await errors.AnswerAsync(request, unrecordable ?? error);
    }

    private async Task HandleAsync(EdgeRequest request, Exception exception)
    {
        switch (exception)
        {
            case S3Exception s3:
                await RefuseAsync(request, s3.Error);
                break;
            case BadHttpRequestException bad:
                await RefuseAsync(request, ErrorResponder.FromBadRequest(bad));
                break;
            case OperationCanceledException or IOException when request.Aborted.IsCancellationRequested:
            case ConnectionResetException or ConnectionAbortedException:
                request.Http.Abort();
                break;
            default:
                PipelineLog.Failed(logger, exception, request.Id, request.Phase);
                await RefuseAsync(request, S3ErrorCode.InternalError);
                break;
        }
    }
}
