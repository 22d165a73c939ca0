namespace EdgeCache.Edge.Upstream;

/// <summary>Log messages of upstreams: event ids 3100 to 3199.</summary>
internal static partial class UpstreamLog
{
    [LoggerMessage(3100, LogLevel.Information, "Feed {Stream} goes on from position {Position} of the checkpoint")]
    public static partial void FeedRestored(ILogger logger, string stream, long position);

    [LoggerMessage(3101, LogLevel.Information, "Feed {Stream} is live at position {Position}")]
    public static partial void FeedLive(ILogger logger, string stream, long position);

    [LoggerMessage(3102, LogLevel.Warning, "Feed {Stream} was reset at position {Position}: all that was cached from it is asked for again")]
    public static partial void FeedReset(ILogger logger, string stream, long position);

    [LoggerMessage(3103, LogLevel.Warning, "Feed {Stream} broke: {Reason}")]
    public static partial void FeedBroken(ILogger logger, string stream, string reason);

    [LoggerMessage(3104, LogLevel.Warning, "Feed {Stream} was refused with status {Status}")]
    public static partial void FeedRefused(ILogger logger, string stream, int status);

    [LoggerMessage(3105, LogLevel.Information, "Feed {Stream} ended; connecting again")]
    public static partial void FeedEnded(ILogger logger, string stream);

    [LoggerMessage(3106, LogLevel.Warning, "The checkpoint of feed {Stream} can't be written; after a restart more is asked for again")]
    public static partial void CheckpointFailed(ILogger logger, string stream);
}
