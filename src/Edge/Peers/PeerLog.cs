namespace EdgeCache.Edge.Peers;

/// <summary>Log messages of the edges' talk among each other: event ids 3600 to 3699.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(3600, LogLevel.Information, "Peer {Peer} at {Url} is alive")]
    public static partial void Alive(ILogger logger, string peer, Uri url);

    [LoggerMessage(3601, LogLevel.Warning, "Peer {Peer} at {Url} is left out for now: it {What}")]
    public static partial void Dead(ILogger logger, string peer, Uri url, string what);

    [LoggerMessage(3602, LogLevel.Warning, "The peer at {Url} calls itself {Name}, and {Expected} in Edge:Peers: it is left out")]
    public static partial void OtherName(ILogger logger, Uri url, string name, string expected);

    [LoggerMessage(3603, LogLevel.Warning, "The peer at {Url} refuses this edge, or can't prove that it belongs to the deployment: ClusterSecret and the clocks must agree")]
    public static partial void Stranger(ILogger logger, Uri url);

    [LoggerMessage(3604, LogLevel.Warning, "{Name} in Edge:PeersDns can't be resolved, and the peers stay as they are: {Reason}")]
    public static partial void Unresolved(ILogger logger, string name, string reason);

    [LoggerMessage(3605, LogLevel.Debug, "A request of {Address} on the peers' listener was refused")]
    public static partial void Refused(ILogger logger, System.Net.IPAddress? address);
}
