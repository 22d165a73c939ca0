using EdgeCache.Edge.Filling;
using EdgeCache.Transport;

namespace EdgeCache.Edge.Responding;

/// <summary>Log messages of responding: event ids 3400 to 3499.</summary>
internal static partial class RespondingLog
{
    [LoggerMessage(3400, LogLevel.Warning, "Request {RequestId} was broken off with {Remaining} bytes to go: {Fault}")]
    public static partial void BrokenOff(ILogger logger, string requestId, ReadFault fault, long remaining);

    [LoggerMessage(3401, LogLevel.Warning, "Request {RequestId} was broken off with {Remaining} bytes to go: the file of the cache is {Fault}")]
    public static partial void FileFailed(ILogger logger, string requestId, FileRegionFault fault, long remaining);
}
