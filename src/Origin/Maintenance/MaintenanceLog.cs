namespace EdgeCache.Origin.Maintenance;

/// <summary>Log messages of the background workers: events 2900 to 2999.</summary>
internal static partial class MaintenanceLog
{
    [LoggerMessage(2900, LogLevel.Warning, "{Worker} failed; it will try again.")]
    public static partial void RunFailed(ILogger logger, string worker, Exception exception);

    [LoggerMessage(2901, LogLevel.Information, "Deleted {Count} blobs of replaced or deleted versions.")]
    public static partial void GarbageDeleted(ILogger logger, int count);

    [LoggerMessage(2902, LogLevel.Information, "Deleted {Count} files that no version or part owned.")]
    public static partial void OrphansDeleted(ILogger logger, int count);

    [LoggerMessage(2903, LogLevel.Information, "Lifecycle rules acted on {Count} versions and uploads.")]
    public static partial void LifecyclePassed(ILogger logger, long count);
}
