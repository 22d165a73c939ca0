namespace EdgeCache.Edge.Pipeline;

/// <summary>Log messages of the pipeline: event ids 3000 to 3099.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(3000, LogLevel.Debug,
        "{RequestId} {Method} {Operation} {Resource} answered {Status} in phase {Phase}, outcome {Outcome}, error {Error}, after {Milliseconds} ms")]
    public static partial void Ended(
        ILogger logger, string requestId, string method, string operation, string resource, int status, RequestPhase phase, CacheOutcome outcome, string error,
        double milliseconds);

    [LoggerMessage(3001, LogLevel.Error, "{RequestId} failed in phase {Phase}")]
    public static partial void Failed(ILogger logger, Exception exception, string requestId, RequestPhase phase);

    [LoggerMessage(3002, LogLevel.Warning, "The limit of open files, {Limit}, leaves each listener {Connections} connections instead of {Wanted}: raise it (ulimit -n, LimitNOFILE)")]
    public static partial void FewHandles(ILogger logger, long limit, int connections, int wanted);
}
