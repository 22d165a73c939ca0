using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Edge.Administration;

/// <summary>
/// What surrounds every request of the admin API: it gets an id, a size limit and an authenticated operator; its record is kept before it is
/// answered; whatever goes wrong is answered as JSON.
/// </summary>
internal sealed class AdminRoutes(IEndpointRouteBuilder endpoints, AdminAuthentication authentication, AdminAudit audit, ILogger<AdminRoutes> logger)
{
    /// <summary>The largest body, in bytes: a list of some thousand keys of the greatest length.</summary>
    public const int MaxBodyBytes = 4 << 20;

    private const string RequestIdHeader = "x-request-id";

    /// <summary>Adds an endpoint.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="operation">What records call it.</param>
    /// <param name="handler">Does it.</param>
    public void Add(string method, string pattern, string operation, Func<AdminCall, Task<AdminAnswer>> handler) =>
        endpoints.MapMethods(pattern, [method], context => ServeAsync(context, operation, handler));

    private async Task ServeAsync(HttpContext context, string operation, Func<AdminCall, Task<AdminAnswer>> handler)
    {
        context.TraceIdentifier = Guid.NewGuid().ToString("N");
        context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
        context.Response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBodyBytes;
        }

        AdminCall? call = null;
        try
        {
            call = new AdminCall(context, authentication.Authenticate(context.Request));
            var answer = await handler(call);
            if (await audit.TryRecordAsync(call, operation, answer.Status, errorCode: null))
            {
                await WriteAsync(context, answer);
                return;
            }

            await WriteAsync(context, ErrorOf(context, AdminException.Unavailable("It was done, but no record of it could be kept.")));
        }
        catch (AdminException e)
        {
            await RefuseAsync(context, call, operation, e);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, call, operation, new AdminException(e.StatusCode, "invalid_argument", e.Message));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            AdminLog.Failed(logger, e, context.TraceIdentifier);
            await RefuseAsync(context, call, operation, new AdminException(StatusCodes.Status500InternalServerError, "internal", "The request failed."));
        }
    }

    private async Task RefuseAsync(HttpContext context, AdminCall? call, string operation, AdminException e)
    {
        if (e.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        if (e.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        if (call is not null)
        {
            // A refusal did nothing: it is answered whether or not it could be recorded.
            _ = await audit.TryRecordAsync(call, operation, e.Status, e.Code);
        }

        await WriteAsync(context, ErrorOf(context, e));
    }

    private static AdminAnswer ErrorOf(HttpContext context, AdminException e) =>
        new(e.Status, new AdminError(e.Code, e.Message, context.TraceIdentifier), AdminJson.Default.AdminError);

    private static Task WriteAsync(HttpContext context, AdminAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        return answer.Body is null ? Task.CompletedTask
            : context.Response.WriteAsJsonAsync(answer.Body, answer.Type!, contentType: null, context.RequestAborted);
    }
}
