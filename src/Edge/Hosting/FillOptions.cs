namespace EdgeCache.Edge.Hosting;

/// <summary>The bounds of fetching chunks from origins.</summary>
public sealed class FillOptions
{
    /// <summary>The most chunks fetched at the same time, 1 to 1024.</summary>
    public int MaxActive { get; set; } = 64;

    /// <summary>The most chunks whose fetch waits for one of the <see cref="MaxActive"/> slots; further ones are answered SlowDown.</summary>
    public int MaxQueued { get; set; } = 2048;

    /// <summary>The memory that fetched bytes may hold before they are stored, in the form of <see cref="EdgeOptions.CacheSize"/>.</summary>
    public string MaxBytes { get; set; } = "512MiB";

    /// <summary>How many chunks of its own range a read fetches beyond the one that it needs next, 0 to 64.</summary>
    public int ReadAheadChunks { get; set; } = 4;

    /// <summary>An upstream that sends nothing for this long is replaced by another attempt; 50 ms to 5 minutes.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a chunk's fetch is attempted in all, 1 to 10.</summary>
    public int MaxAttempts { get; set; } = 3;
}
