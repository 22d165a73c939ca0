using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage;

/// <summary>The cache's drives and what holds for all of them.</summary>
internal sealed record ChunkCacheOptions
{
    /// <summary>Where each drive's logs are and their bounds, the capacity being that of all logs of the drive together; no directory occurs twice.</summary>
    public required IReadOnlyList<ChunkStoreOptions> Drives { get; init; }

    /// <summary>The smallest capacity of a drive, in bytes.</summary>
    public const long MinimumCapacity = 64L << 20;

    /// <summary>The block store's part of each drive's capacity, below 1; 0: there is none.</summary>
    public double SmallShare { get; init; } = 0.1;

    /// <summary>Floors and caps of organizations, each named once.</summary>
    public IReadOnlyList<CacheShare> Shares { get; init; } = [];

    /// <summary>Where pins are kept; null: in the first drive's directory.</summary>
    public string? PinsFile { get; init; }

    /// <summary>The clock by which pins expire; null: the cache's own.</summary>
    public TimeProvider? PinClock { get; init; }

    /// <summary>The part of the capacity that may be pinned, of objects up to 64 KiB and of larger ones separately; below 1.</summary>
    public double MaxPinnedShare { get; init; } = 0.5;

    /// <summary>The write budget, as multiples of a drive's capacity per day; 0: none.</summary>
    public double WritesPerDay { get; init; }

    /// <summary>How much each drive's scrubber reads per second at most, in bytes; 0: nothing is scrubbed.</summary>
    public long ScrubBytesPerSecond { get; init; }
}
