namespace EdgeCache.Transport;

/// <summary>The bounds of connections.</summary>
public sealed record TransportOptions
{
    /// <summary>The shortest <see cref="SendStallTimeout"/>.</summary>
    public static readonly TimeSpan MinSendStallTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The longest <see cref="SendStallTimeout"/>.</summary>
    public static readonly TimeSpan MaxSendStallTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A client that acknowledges nothing for this long while there is more to send is cut off. The server's own minimum rate
    /// does not notice: it believes that a region is sent at once.
    /// </summary>
    public TimeSpan SendStallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that one region may take, since its file is held open meanwhile: with regions of 2 MiB, 3.5 KB/s.</summary>
    public TimeSpan RegionTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What a connection receives before the application has read it, in bytes: as much as the server's own transport.</summary>
    public int MaxReceiveBuffer { get; init; } = 1 << 20;

    /// <summary>The threads that wait for the disk, 1 to 256; they start with the first read of a file that is not in the page cache.</summary>
    public int DiskThreads { get; init; } = 16;
}
