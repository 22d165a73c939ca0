namespace EdgeCache.Edge.Hosting;

/// <summary>The bounds of the connections to origins and the control plane.</summary>
public sealed class UpstreamOptions
{
    /// <summary>How long a connection may take to be made; 10 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer of the API between tiers may take; 10 ms to 1 minute.</summary>
    public TimeSpan ReplyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most connections to one region that carry fills, 1 to 1024.</summary>
    public int MaxFillConnections { get; set; } = 64;

    /// <summary>The most connections to one region that carry passed-on requests, 1 to 65536.</summary>
    public int MaxPassthroughConnections { get; set; } = 1024;

    /// <summary>A passed-on request on which no byte moves for this long is given up; 1 s to 1 hour.</summary>
    public TimeSpan PassthroughActivityTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
