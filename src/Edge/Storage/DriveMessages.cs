namespace EdgeCache.Edge.Storage;

/// <summary>The log messages of the cache's drives, events 3720 to 3729.</summary>
internal static partial class DriveMessages
{
    [LoggerMessage(3720, LogLevel.Error, "Cache drive {Directory} cannot be used: {Reason}; its share of the chunks goes to the other drives")]
    public static partial void Unusable(this ILogger logger, string directory, string reason);

    [LoggerMessage(3721, LogLevel.Error, "Cache drive {Directory} is lost: {Reason}; its share of the chunks is fetched again and goes to the other drives")]
    public static partial void Lost(this ILogger logger, string directory, string reason);

    [LoggerMessage(3722, LogLevel.Information, "Cache drive {Directory} is back with {Chunks} chunks")]
    public static partial void Back(this ILogger logger, string directory, long chunks);
}
