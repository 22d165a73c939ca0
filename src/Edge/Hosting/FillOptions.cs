namespace EdgeCache.Edge.Hosting;

/// <summary>The bounds of fetching chunks from origins.</summary>
public sealed class FillOptions
{
    /// <summary>The most fetches at the same time, 1 to 1024; one organization gets at most 7/8 of them.</summary>
    public int MaxActive { get; set; } = 64;

    /// <summary>The most fetches that wait for their turn. One organization gets at most half of the places that others leave; what finds none is answered SlowDown.</summary>
    public int MaxQueued { get; set; } = 2048;

    /// <summary>
    /// The memory of all fetches together, from when they begin until their bytes are stored, in the form of <see cref="EdgeOptions.CacheSize"/>. It is
    /// shared fairly between organizations; at least 16 MiB.
    /// </summary>
    public string MaxBytesInFlight { get; set; } = "512MiB";

    /// <summary>
    /// How far ahead one sequential read fetches at most, in the form of <see cref="EdgeOptions.CacheSize"/>; 0 for not at all, at most 1 GiB. It begins with
    /// 16 MiB and doubles while the reader has to wait for bytes.
    /// </summary>
    public string MaxReadAhead { get; set; } = "128MiB";

    /// <summary>
    /// How many requests for the first bytes of objects may be under way that are sent beside the question which version a key names, 0 to 256; 0 for none.
    /// They save a round trip to the origin on a miss of a key that is new here.
    /// </summary>
    public int MaxHeadstarts { get; set; } = 16;

    /// <summary>An upstream that sends nothing for this long is replaced by another attempt; 50 ms to 5 minutes.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a chunk's fetch is attempted in all, 1 to 10.</summary>
    public int MaxAttempts { get; set; } = 3;
}
