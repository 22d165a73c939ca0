using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Origin.Pipeline;

/// <summary>The one place that answers errors.</summary>
internal static class ErrorResponse
{
    /// <summary>How much of an unread request body is read off so that its connection can go on, in bytes; above it the connection ends.</summary>
    public const int MaxDrainedBytes = 64 * 1024;

    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    public static async Task WriteAsync(S3Exchange exchange, S3Error error)
    {
        exchange.Error = error;
        var response = exchange.Response;
        if (response.HasStarted)
        {
            // Too late for an error: a cut connection is the only way left to say that the body is not what the head promised.
            exchange.Outcome = RequestOutcome.Truncated;
            exchange.Context.Abort();
            return;
        }

        response.StatusCode = error.Status;
        response.Headers.Remove("ETag");
        if (error.Code == S3ErrorCode.ServiceUnavailable || error.Code == S3ErrorCode.SlowDown)
        {
            response.Headers.RetryAfter = "1";
        }

        if (!await TryDrainAsync(exchange))
        {
            response.Headers.Connection = "close";
        }

        if (error.Status == StatusCodes.Status304NotModified)
        {
            return;
        }

        // What can't be recorded is not told either way; 503 is what a caller that must ask again gets.
        if (!exchange.TryEnd() && error.Code != S3ErrorCode.ServiceUnavailable)
        {
            await WriteAsync(exchange, S3ErrorCode.ServiceUnavailable);
            return;
        }

        response.ContentType = "application/xml";
        var document = ErrorDocument.Write(error, exchange.Parsed?.Resource ?? exchange.Signed.RawPath, exchange.RequestId, exchange.HostId);
        if (HttpMethods.IsHead(exchange.Request.Method))
        {
            return;
        }

        response.ContentLength = document.Length;
        await response.BodyWriter.WriteAsync(document, exchange.Aborted);
    }

    /// <summary>What the server found wrong while it read the body.</summary>
    public static S3Error FromBadRequest(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => S3ErrorCode.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => S3ErrorCode.EntityTooLarge,
        _ => S3ErrorCode.IncompleteBody,
    };

    /// <summary>Reads off a small body that is on its way; false when the rest is long, or when the client waits to be told to send it.</summary>
    private static async ValueTask<bool> TryDrainAsync(S3Exchange exchange)
    {
        var request = exchange.Request;
        var hasBody = exchange.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (!hasBody)
        {
            return true;
        }

        if (request.Headers.Expect.Count > 0 || request.ContentLength is not { } length || length - exchange.BytesReceived > MaxDrainedBytes)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted);
        limit.CancelAfter(DrainTimeout);
        try
        {
            var buffer = new byte[4096];
            while (await request.Body.ReadAsync(buffer, limit.Token) > 0)
            {
            }

            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            return false;
        }
    }
}
