namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>How a chunk store is laid out and bounded. Sizes are in bytes.</summary>
internal sealed record ChunkStoreOptions
{
    /// <summary>The smallest capacity that the store accepts: below it, eviction would drop most of the cache at once.</summary>
    public const long MinimumCapacity = 64L << 20;

    /// <summary>The directory that the store owns alone; made when absent.</summary>
    public required string Directory { get; init; }

    /// <summary>The ceiling of disk use, journal and evicted but still leased segments included.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>What an append waits for.</summary>
    public Durability Durability { get; init; } = Durability.Flushed;
}
