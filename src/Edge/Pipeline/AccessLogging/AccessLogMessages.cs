namespace EdgeCache.Edge.Pipeline.AccessLogging;

/// <summary>Log messages about the access log, within the block of the pipeline.</summary>
internal static partial class AccessLogMessages
{
    [LoggerMessage(3004, LogLevel.Warning, "{Lines} lines of the access log could not be written; further failures are only counted until it succeeds again")]
    public static partial void NotWritten(ILogger logger, Exception exception, int lines);
}
