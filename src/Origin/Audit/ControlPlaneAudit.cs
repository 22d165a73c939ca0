using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.ControlPlane;
using EdgeCache.Origin.ControlPlane.Federation;
using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Audit;

/// <summary>
/// Records requests of the control plane's API in the log of the organization concerned, where its settings ask for it. The answer is held back until
/// the record is durable, so that nothing is done by this API of which nothing is told; if it can't be made so, the answer is 503 and says that it may
/// have been done.
/// </summary>
internal sealed class ControlPlaneAudit(
    RequestDelegate next, AuditSpools spools, Organizations organizations, OriginOptions options, AuditMetrics metrics, TimeProvider time)
{
    /// <summary>Bodies up to this size are kept in memory, larger ones would go to a temporary file, in bytes: no endpoint takes larger ones.</summary>
    private const int MaxBodyInMemory = 4 << 20;

    /// <summary>The operation that turns recording on and off, which is therefore recorded in both states.</summary>
    private const string SettingsOperation = "SetOrganizationSettings";

    private readonly string _servedBy = $"origin/{options.Region}";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!spools.ControlPlane.CanTake && !HttpMethods.IsGet(context.Request.Method))
        {
            metrics.Refused();
            await RefuseAsync(context, "Records of what is done can't be kept at the moment.");
            return;
        }

        context.Request.EnableBuffering(MaxBodyInMemory);
        var client = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Response.Body = client;
        }

        if (!await TryRecordAsync(context, answer))
        {
            await RefuseAsync(context, "What was asked for may have been done, but no record of it could be kept.");
            return;
        }

        if (answer.Length > 0)
        {
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), context.RequestAborted);
        }
    }

    private static Task RefuseAsync(HttpContext context, string message)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentLength = null;
        context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsJsonAsync(
            new ApiError(ApiErrorCode.Unavailable, message, context.TraceIdentifier), ApiJson.Options, context.RequestAborted);
    }

    private async ValueTask<bool> TryRecordAsync(HttpContext context, MemoryStream answer)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is not { } operation)
        {
            return true;
        }

        var parameters = await ControlPlaneParameters.ReadAsync(context, answer);
        var caller = context.Features.Get<ApiCaller>();
        var federated = context.Features.Get<FederatedCaller>();
        var organization = caller?.OrganizationId ?? federated?.OrganizationId ?? (IsRefusedUnheard(context) ? null : parameters.OrganizationId);
        if (string.IsNullOrEmpty(organization) || !await IsRecordedAsync(organization, operation))
        {
            return true;
        }

        var record = new AuditRecord
        {
            Plane = AuditPlane.ControlPlane,
            OrganizationId = organization,
            Time = time.GetUtcNow(),
            Action = caller?.Decided?.Action ?? federated?.Action ?? IamActions.ControlPrefix + operation,
            Operation = operation,
            Principal = caller?.Token.ToPrincipal() ?? federated?.Principal,
            AccessKeyId = caller?.Token.Id ?? federated?.AccessKeyId,
            SourceAddress = context.Connection.RemoteIpAddress?.ToString(),
            Host = context.Request.Host.Value,
            Bucket = parameters.Bucket,
            RequestId = context.TraceIdentifier,
            Status = context.Response.StatusCode,
            ErrorCode = context.Response.StatusCode >= 400 ? parameters.ErrorCode : null,
            Decision = caller?.Decided?.Decision ?? federated?.Decision,
            Region = options.Region,
            ServedBy = _servedBy,
            Parameters = parameters.Values,
        };

        // It waits for the disk, off the threads that serve requests.
        if (await Task.Run(() => spools.ControlPlane.TryAppend(record)))
        {
            metrics.Recorded(AuditPlane.ControlPlane);
            return true;
        }

        metrics.Refused();
        return false;
    }

    /// <summary>Whether nobody proved who asks: such requests must not fill the log of an organization that they only name.</summary>
    private static bool IsRefusedUnheard(HttpContext context) =>
        context.Response.StatusCode is StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests;

    private async ValueTask<bool> IsRecordedAsync(string organization, string operation) =>
        (await organizations.FindAsync(organization)).Facts is { } facts && (facts.Audit.ControlPlane || operation == SettingsOperation);
}
