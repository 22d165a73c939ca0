namespace EdgeCache.Origin.Pipeline;

/// <summary>What the pipeline logs.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(2100, LogLevel.Debug, "{Operation} {Resource} by {Principal}: {Status} {Outcome} in {Phase}, {Milliseconds} ms, request {RequestId}")]
    public static partial void Answered(
        this ILogger logger, string operation, string resource, string principal, int status, RequestOutcome outcome, RequestPhase phase, double milliseconds, string requestId);

    [LoggerMessage(2101, LogLevel.Error, "{Operation} failed in {Phase}, request {RequestId}")]
    public static partial void Failed(this ILogger logger, Exception exception, string operation, RequestPhase phase, string requestId);

    [LoggerMessage(2102, LogLevel.Error, "{Operation} of {Resource} was cut off after {Sent} bytes: {Reason}; request {RequestId}")]
    public static partial void Truncated(this ILogger logger, string operation, string resource, long sent, string reason, string requestId);
}
