using EdgeCache.Shared.Audit;

namespace EdgeCache.Edge.Audit;

/// <summary>Log messages of the audit log: events 3800 to 3899.</summary>
internal static partial class AuditLog
{
    [LoggerMessage(3800, LogLevel.Warning, "A batch of audit records of {Organization} could not be delivered ({Receipt}); it waits on disk.")]
    public static partial void NotDelivered(ILogger logger, string organization, AuditReceipt receipt);

    [LoggerMessage(3801, LogLevel.Warning, "{Lines} lines of an audit batch were cut off or damaged, and are left out: after a crash that is the record of a request that was not answered.")]
    public static partial void Damaged(ILogger logger, int lines);

    [LoggerMessage(3802, LogLevel.Error, "The audit batch {Path} can't be read.")]
    public static partial void Unreadable(ILogger logger, string path, Exception exception);

    [LoggerMessage(3803, LogLevel.Error, "A request was refused since its audit record could not be kept: the spool is full, or its disk fails.")]
    public static partial void Refused(ILogger logger);

    [LoggerMessage(3804, LogLevel.Warning, "Audit records are left on disk for the next start: they could not be delivered in time.")]
    public static partial void LeftOnDisk(ILogger logger);
}
