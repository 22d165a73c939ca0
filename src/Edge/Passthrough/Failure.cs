using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.S3;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Passthrough;

/// <summary>What a failed forwarding means: for the client, and for the records.</summary>
internal static class Failure
{
    /// <summary>The error to answer.</summary>
    public static S3Error ErrorOf(ForwarderError outcome) => outcome switch
    {
        ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled => S3ErrorCode.IncompleteBody,
        _ => S3ErrorCode.ServiceUnavailable,
    };

    /// <summary>How far the request came.</summary>
    /// <param name="outcome">What the forwarder says.</param>
    /// <param name="exception">What happened.</param>
    /// <param name="isAnswered">Whether the head of an answer came.</param>
    public static Passage PassageOf(ForwarderError outcome, Exception? exception, bool isAnswered) => outcome switch
    {
        _ when isAnswered => Passage.Sent,
        ForwarderError.RequestCreation or ForwarderError.NoAvailableDestinations => Passage.NotSent,
        ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.RequestCanceled => Passage.Sent,
        _ => IsOfConnecting(exception) ? Passage.NotSent : Passage.Unanswered,
    };

    // The handler tells a connect timeout by a TimeoutException within a cancellation; other time limits are the forwarder's and have none.
    private static bool IsOfConnecting(Exception? exception) => exception switch
    {
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        } => true,
        OperationCanceledException { InnerException: TimeoutException } => true,
        AggregateException many => many.InnerExceptions.Any(IsOfConnecting),
        _ => false,
    };
}
