namespace EdgeCache.Edge.Peers;

/// <summary>The time limits between edges of one datacenter. Together they keep the promise that a dead peer is noticed within a second.</summary>
internal static class PeerTimes
{
    /// <summary>How long the head of an answer may take, connection included. A peer sends it at once, whether or not it has the bytes.</summary>
    public static readonly TimeSpan Head = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the first bytes of an answer may take while the peer says that it is alive; then the region is asked instead.</summary>
    public static readonly TimeSpan FirstBytes = TimeSpan.FromSeconds(5);

    /// <summary>How often a peer that waits for bytes itself says that it is alive.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a frame of an answer may take: after that the peer is taken for dead.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(800);

    /// <summary>How often each peer is asked for its name, dead ones too.</summary>
    public static readonly TimeSpan Hello = TimeSpan.FromSeconds(1);

    /// <summary>How often the DNS name is resolved.</summary>
    public static readonly TimeSpan Resolution = TimeSpan.FromSeconds(5);

    /// <summary>How long a resolution may take.</summary>
    public static readonly TimeSpan ResolutionTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long a peer that failed is left alone at first; it doubles each time it fails again soon.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>How long bytes from a peer that are not to be kept here wait for slow readers; then they are kept, so that the memory is free again.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);
}
