namespace EdgeCache.Edge.Storage.Memory;

/// <summary>The metadata cache's log messages, events 3750 to 3799.</summary>
internal static partial class MemoryMessages
{
    [LoggerMessage(3750, LogLevel.Information, "Metadata cache opened with {Entries} entries on disk")]
    public static partial void MetadataCacheOpened(this ILogger logger, int entries);

    [LoggerMessage(3751, LogLevel.Warning, "The metadata log is damaged; the metadata cache starts empty")]
    public static partial void MetadataLogDamaged(this ILogger logger);

    [LoggerMessage(3752, LogLevel.Error, "The metadata log failed; it is thrown away and made anew")]
    public static partial void MetadataLogFailed(this ILogger logger, Exception exception);

    [LoggerMessage(3753, LogLevel.Warning, "A cached value of type {Type} could not be read and is fetched again")]
    public static partial void ValueUnreadable(this ILogger logger, Exception exception, string type);
}
