using System.Globalization;
using EdgeCache.Origin.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>
/// What surrounds every request of the control plane's API: it gets an id, a size limit and its turn among those of its address, and whatever
/// goes wrong is answered as an <see cref="ApiError"/>.
/// </summary>
internal sealed partial class ApiPipeline(RequestDelegate next, ApiLimits limits, ILogger<ApiPipeline> logger)
{
    /// <summary>The largest request body of an endpoint that does not say otherwise (<see cref="BodyLimit"/>), in bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>The response header with the request's id.</summary>
    public const string RequestIdHeader = "x-request-id";

    public async Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = Guid.NewGuid().ToString("N");
        context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
        context.Response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBodyBytes;
        }

        try
        {
            limits.TakeRequest(context);
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false })
            {
                var (code, message) = ApiErrorCode.Of(context.Response.StatusCode);
                await AnswerAsync(context, context.Response.StatusCode, code, message);
            }
        }
        catch (KeyRefusedException e)
        {
            await AnswerAsync(context, ApiException.Of(e));
        }
        catch (ApiException e)
        {
            await AnswerAsync(context, e);
        }
        catch (BadHttpRequestException e)
        {
            var (code, message) = ApiErrorCode.Of(e.StatusCode);
            await AnswerAsync(context, e.StatusCode, code, message);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(e, context.TraceIdentifier);
            var (code, message) = ApiErrorCode.Of(StatusCodes.Status500InternalServerError);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, code, message);
        }
    }

    private static Task AnswerAsync(HttpContext context, ApiException e)
    {
        if (e.RetryAfter is { } after)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (e.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return AnswerAsync(context, e.Status, e.Code, e.Message);
    }

    private static Task AnswerAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ApiError(code, message, context.TraceIdentifier), ApiJson.Options, context.RequestAborted);
    }

    [LoggerMessage(2500, LogLevel.Error, "Request {RequestId} of the control plane's API failed.")]
    private partial void LogFailed(Exception exception, string requestId);
}
