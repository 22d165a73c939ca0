using EdgeCache.Origin.Audit;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Operations;
using EdgeCache.Origin.Websites;
using EdgeCache.Shared.S3;
using Microsoft.AspNetCore.Connections;

namespace EdgeCache.Origin.Pipeline;

/// <summary>
/// The life of an S3 request at the origin: parse, authenticate, authorise, execute, respond. Each phase hands its output to the next;
/// whatever goes wrong in any of them is answered in one place, here.
/// </summary>
internal sealed class S3Pipeline(
    OriginOptions options,
    S3HostOptions hosts,
    CrossOrigin crossOrigin,
    WebsiteEndpoint websites,
    Authenticator authenticator,
    Authorizer authorizer,
    OriginServices services,
    RequestAudit audit,
    OriginMetrics metrics,
    ILogger<S3Pipeline> logger)
{
    /// <summary>What names this node in answers.</summary>
    public string HostId { get; } = HostIdentity.For(options.Region);

    public async Task InvokeAsync(HttpContext context)
    {
        var output = context.Features.Get<RefusableOutput>();
        output?.IsBusy = true;
        var started = services.Time.GetTimestamp();
        var exchange = new S3Exchange(context, HostId);
        exchange.CloseIfNothingIsExpected();
        try
        {
            if (await RunAsync(exchange) is { } error)
            {
                await RefuseAsync(exchange, error);
            }
            else if (!exchange.TryEnd())
            {
                await ErrorResponse.WriteAsync(exchange, S3ErrorCode.ServiceUnavailable);
            }
        }
        catch (Exception e)
        {
            await HandleAsync(exchange, e);
        }

        if (exchange.Outcome == RequestOutcome.Served && exchange.Error is { } answered && answered.Status >= 400)
        {
            exchange.Outcome = answered.Status >= 500 ? RequestOutcome.Failed : RequestOutcome.Refused;
        }

        // Answers that were cut off are recorded too; nobody is left to be told if they can't be.
        exchange.TryEnd();
        output?.IsBusy = false;
        var elapsed = services.Time.GetElapsedTime(started);
        metrics.Count(exchange, elapsed);
        logger.Answered(
            exchange.OperationName, exchange.Parsed?.Resource ?? "-", exchange.Principal, context.Response.StatusCode, exchange.Outcome, exchange.Phase,
            elapsed.TotalMilliseconds, exchange.RequestId);
    }

    private async Task<S3Error?> RunAsync(S3Exchange exchange)
    {
        if (hosts.TryResolveWebsite(exchange.Request.Host.Value, out var website, out var region))
        {
            return await websites.ServeAsync(exchange, website, region);
        }

        if (HttpMethods.IsOptions(exchange.Request.Method))
        {
            return await crossOrigin.AnswerPreflightAsync(exchange);
        }

        exchange.Phase = RequestPhase.Parse;
        var signed = exchange.Signed;
        var hasCopySource = exchange.Request.Headers.ContainsKey(CopySourceName.Header);
        var unparsable = S3RequestParser.TryParse(
            signed.Method, exchange.Request.Host.Value, signed.RawPath, signed.RawQuery, hasCopySource, hosts, out var request);
        exchange.Parsed = request;
        if (signed.HeaderBytes > RequestLimits.MaxHeaderBytes)
        {
            exchange.Via = authenticator.FindHop(signed);
            return RequestLimits.HeadersTooLarge;
        }

        if (unparsable is not null)
        {
            return unparsable;
        }

        await crossOrigin.DescribeAsync(exchange, request!);
        exchange.Phase = RequestPhase.Authenticate;
        var authenticated = await authenticator.AuthenticateAsync(signed, request!);
        if (!authenticated.Succeeded)
        {
            exchange.Via = authenticator.FindHop(signed);
            return authenticated.Error;
        }

        exchange.Authenticated = authenticated.Value;
        exchange.Principal = authenticated.Value.Principal.Name;
        exchange.FromEdge = authenticated.Value.IsEdgeRead || authenticated.Value.Via is not null;
        exchange.Phase = RequestPhase.Authorise;
        var authorized = await authorizer.AuthorizeAsync(authenticated.Value, exchange, exchange.Aborted);
        if (!authorized.Succeeded)
        {
            return authorized.Error;
        }

        if (authorized.Value.Bucket is { } bucket && ExpectedBucketOwner.Check(exchange.Header(ExpectedBucketOwner.Header), request!.Query, bucket.Facts) is { } otherOwner)
        {
            return otherOwner;
        }

        if (authorized.Value.Bucket is { } paid)
        {
            var payer = exchange.Header(RequesterPays.Header);
            if (RequesterPays.Check(payer, request!.Query, paid.Facts, authenticated.Value.Principal, out var charged) is { } unpaid)
            {
                return unpaid;
            }

            if (charged)
            {
                exchange.Response.Headers[RequesterPays.ChargedHeader] = RequesterPays.Requester;
            }
        }

        if (await audit.AdmitAsync(exchange, authorized.Value.Bucket?.Facts) is { } unrecordable)
        {
            return unrecordable;
        }

        if (AuditBucketRules.Check(authorized.Value, exchange) is { } refused)
        {
            return refused;
        }

        exchange.Phase = RequestPhase.Execute;
        return await OperationDispatcher.ExecuteAsync(new OperationContext(exchange, authorized.Value, services));
    }

    /// <summary>Answers an error, and has it recorded where its bucket's owner wants that.</summary>
    private async Task RefuseAsync(S3Exchange exchange, S3Error error)
    {
        try
        {
            error = await audit.AdmitAsync(exchange) ?? error;
        }
        catch (S3Exception e)
        {
            error = e.Error;
        }

        await ErrorResponse.WriteAsync(exchange, error);
    }

    private async Task HandleAsync(S3Exchange exchange, Exception exception)
    {
        switch (exception)
        {
            case S3Exception s3 when s3.Error.Status < 500 || !exchange.Response.HasStarted:
                await RefuseAsync(exchange, s3.Error);
                break;
            case BadHttpRequestException bad:
                await RefuseAsync(exchange, ErrorResponse.FromBadRequest(bad));
                break;
            case OperationCanceledException or ConnectionResetException or ConnectionAbortedException:
            case IOException when exchange.Aborted.IsCancellationRequested:
                exchange.Outcome = RequestOutcome.ClientGone;
                exchange.Context.Abort();
                break;
            default:
                logger.Failed(exception, exchange.OperationName, exchange.Phase, exchange.RequestId);
                await RefuseAsync(exchange, S3ErrorCode.InternalError);
                break;
        }
    }
}
