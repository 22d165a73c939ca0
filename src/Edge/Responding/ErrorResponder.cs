using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Edge.Responding;

/// <summary>Answers S3 errors, and puts the ids on every answer.</summary>
internal sealed class ErrorResponder(CacheReport report, string hostId, TimeProvider time)
{
    private const string RequestIdHeader = "x-amz-request-id";
    private const string HostIdHeader = "x-amz-id-2";

    /// <summary>When a client should ask again after a 503: in seconds.</summary>
    private const string RetryAfterSeconds = "1";

    /// <summary>Sets the ids of the request on its answer.</summary>
    public void Identify(EdgeRequest request)
    {
        var headers = request.Http.Response.Headers;
        headers[RequestIdHeader] = request.Id;
        headers[HostIdHeader] = hostId;
    }

    /// <summary>Answers with the error's status and document; breaks the connection when another answer has begun.</summary>
    public async Task AnswerAsync(EdgeRequest request, S3Error error)
    {
        var response = request.Http.Response;
        request.Error = error;
        if (response.HasStarted)
        {
            request.Http.Abort();
            return;
        }

        response.StatusCode = error.Status;
        report.Write(request);
        request.CloseIfBodyIsAwaited();
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = RetryAfterSeconds;
        }

        request.FirstByteAt = time.GetTimestamp();
        if (error.Status == StatusCodes.Status304NotModified)
        {
            return;
        }

        // What can't be recorded is not told either way; 503 is what a caller that must ask again gets.
        if (!request.TryEnd() && error.Status != StatusCodes.Status503ServiceUnavailable)
        {
            await AnswerAsync(request, S3ErrorCode.ServiceUnavailable);
            return;
        }

        var document = ErrorDocument.Write(error, request.S3?.Resource ?? request.Signed.RawPath, request.Id, hostId);
        response.ContentType = "application/xml";
        response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
        {
            await response.Body.WriteAsync(document, request.Aborted);
        }
    }

    /// <summary>What the server's own refusal of a request means in S3's words.</summary>
    public static S3Error FromBadRequest(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => S3ErrorCode.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => S3ErrorCode.EntityTooLarge,
        StatusCodes.Status431RequestHeaderFieldsTooLarge => S3ErrorCode.RequestHeaderSectionTooLarge,
        _ => S3ErrorCode.IncompleteBody,
    };
}
