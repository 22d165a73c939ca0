namespace EdgeCache.Origin.Blobs;

/// <summary>Log messages of the blob store: events 2800 to 2899.</summary>
internal static partial class BlobLog
{
    [LoggerMessage(2800, LogLevel.Error, "A blob could not be written.")]
    public static partial void WriteFailed(ILogger logger, Exception exception);

    [LoggerMessage(2801, LogLevel.Critical, "Blob {Blob} can't be read: bytes that the catalog promises are missing.")]
    public static partial void Missing(ILogger logger, BlobId blob, Exception? exception);

    [LoggerMessage(2802, LogLevel.Warning, "A file of the blob store could not be deleted; it is left to orphan collection.")]
    public static partial void DeleteFailed(ILogger logger, Exception exception);

    [LoggerMessage(2803, LogLevel.Warning, "Writing is refused: {Free} bytes are free on the disk.")]
    public static partial void DiskReserveReached(ILogger logger, long free);

    [LoggerMessage(2804, LogLevel.Error, "Blob {Blob} can't be opened.")]
    public static partial void OpenFailed(ILogger logger, BlobId blob, Exception exception);
}
