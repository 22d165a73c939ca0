using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Passthrough;

/// <summary>Log messages of passing on: event ids 3500 to 3599.</summary>
internal static partial class PassthroughLog
{
    [LoggerMessage(3500, LogLevel.Warning, "Request {RequestId} could not be passed on to {Region}: {Error}, {Reason}")]
    public static partial void Failed(ILogger logger, string requestId, string region, ForwarderError error, string reason);
}
