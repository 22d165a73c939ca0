namespace EdgeCache.Edge.Administration;

/// <summary>Log messages of administration: events 3900 to 3999.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(3900, LogLevel.Information, "Operator {By}: {Operation} of {Bucket} {Key} answered {Status} ({RequestId}).")]
    public static partial void Done(ILogger logger, string by, string operation, string? bucket, string? key, int status, string requestId);

    [LoggerMessage(3901, LogLevel.Error, "Request {RequestId} of the admin API failed.")]
    public static partial void Failed(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(3902, LogLevel.Information, "Warm-up {Job} ended as {State}: {Resident} of {Total} bytes are here.")]
    public static partial void WarmedUp(ILogger logger, string job, Warming.WarmState state, long resident, long total);

    [LoggerMessage(3903, LogLevel.Error, "Warm-up {Job} failed.")]
    public static partial void WarmUpFailed(ILogger logger, Exception exception, string job);

    [LoggerMessage(3904, LogLevel.Warning, "Draining: clients are told to close their connections, and /readyz says so.")]
    public static partial void Draining(ILogger logger);

    [LoggerMessage(3905, LogLevel.Warning, "No longer draining.")]
    public static partial void NotDraining(ILogger logger);
}
