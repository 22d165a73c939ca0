namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>Log messages of the catalog: events 2700 to 2799.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(2700, LogLevel.Error, "The catalog could not commit {Count} mutations; their callers are told to retry.")]
    public static partial void CommitFailed(ILogger logger, int count, Exception exception);

    [LoggerMessage(2701, LogLevel.Error, "A mutation failed and was rolled back.")]
    public static partial void MutationFailed(ILogger logger, Exception exception);

    [LoggerMessage(2702, LogLevel.Error, "The catalog could not be read.")]
    public static partial void ReadFailed(ILogger logger, Exception exception);

    [LoggerMessage(2703, LogLevel.Warning, "The catalog's write-ahead log could not be truncated.")]
    public static partial void CheckpointFailed(ILogger logger, Exception exception);

    [LoggerMessage(2704, LogLevel.Information, "Catalog {Path} is open at sequence {Sequence} of epoch {Epoch}.")]
    public static partial void Opened(ILogger logger, string path, long sequence, string epoch);

    [LoggerMessage(2705, LogLevel.Error, "The stored policy of bucket {Bucket} can't be read, and the bucket is closed until its owner replaces or deletes it: {Problem}")]
    public static partial void PolicyUnreadable(ILogger logger, string bucket, string problem);

    [LoggerMessage(2706, LogLevel.Error, "The stored configurations of bucket {Bucket} can't be read and count as none until its owner replaces them.")]
    public static partial void ConfigurationsUnreadable(ILogger logger, string bucket, Exception exception);
}
