using Microsoft.Extensions.Logging;

namespace EdgeCache.Transport;

/// <summary>Log messages of the transport: event ids 1000 to 1099.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1000, LogLevel.Information, "Connection {ConnectionId} was cut off: its client took nothing more after {Acknowledged} bytes")]
    public static partial void Stalled(ILogger logger, string connectionId, long acknowledged);

    [LoggerMessage(1001, LogLevel.Information, "Connection {ConnectionId} was cut off: its client is too slow, after {Acknowledged} bytes")]
    public static partial void TooSlow(ILogger logger, string connectionId, long acknowledged);

    [LoggerMessage(1002, LogLevel.Warning, "Connection {ConnectionId} was broken off: the file to be sent is {Fault}")]
    public static partial void FileFailed(ILogger logger, string connectionId, FileRegionFault fault);

    [LoggerMessage(1003, LogLevel.Warning, "Connections can't be accepted at the moment")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);
}
