using FASTER.core;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>How a chunk store is laid out and bounded. Sizes are in bytes.</summary>
internal sealed record ChunkStoreOptions
{
    /// <summary>The smallest capacity that the store accepts: below it, evicting one segment would drop most of the cache.</summary>
    public const long MinimumCapacity = 48L << 20;

    /// <summary>The directory that the store owns alone; made when absent.</summary>
    public required string Directory { get; init; }

    /// <summary>Whether a cache makes the directory when it is absent. Where a drive is mounted it must not: the system's disk would fill instead.</summary>
    public bool CreateDirectory { get; init; } = true;

    /// <summary>The ceiling of disk use, journal and evicted but still leased segments included; at least <see cref="MinimumCapacity"/>.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>What an append waits for.</summary>
    public Durability Durability { get; init; } = Durability.Flushed;

    /// <summary>When blocks are compared with their checksums.</summary>
    public ChecksumPolicy Checksums { get; init; } = ChecksumPolicy.Strict;

    /// <summary>
    /// The size of a payload file, the unit of eviction: a power of two from 8 MiB to 1 GiB. Null: a sixteenth of the capacity. A directory
    /// that already has segments keeps their size.
    /// </summary>
    public long? SegmentSize { get; init; }

    /// <summary>The size of a page of the log in memory, a power of two from 4 MiB; null: a quarter of a segment, at most 8 MiB.</summary>
    public int? PageSize { get; init; }

    /// <summary>The memory for what is not flushed yet, a power of two of at least two pages; null: eight pages.</summary>
    public long? MemorySize { get; init; }

    /// <summary>Appends that may be under way at once, from 1 to 64; more wait.</summary>
    public int MaxPendingAppends { get; init; } = 32;

    /// <summary>How long a flush may take before the store counts as degraded.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the first attempt to leave the degraded state; it doubles up to <see cref="MaxRebuildDelay"/>.</summary>
    public TimeSpan RebuildDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two such attempts.</summary>
    public TimeSpan MaxRebuildDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After so many attempts in a row the store stays degraded until the process restarts.</summary>
    public int MaxRebuildAttempts { get; init; } = 10_000;

    /// <summary>How long creating segments is not tried again after the file system refused one.</summary>
    public TimeSpan DiskFullPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Puts something between the logs and their devices, by the log's name: how tests inject faults.</summary>
    internal Func<string, IDevice, IDevice>? WrapDevice { get; init; }

    /// <summary>Tells that a read of a chunk fails with an I/O error: how tests inject those.</summary>
    internal Func<bool>? FailRead { get; init; }

    /// <summary>What is wrong with these options, one sentence each.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            yield return "The chunk store needs a directory.";
        if (CapacityBytes < MinimumCapacity)
            yield return $"The chunk store's capacity is {CapacityBytes} bytes; it must be at least {MinimumCapacity} (48 MiB).";
        if (SegmentSize is { } segment && (!long.IsPow2(segment) || segment is < ChunkLayout.MinimumSegmentSize or > ChunkLayout.MaximumSegmentSize))
            yield return $"The chunk store's segment size is {segment}; it must be a power of two from 8 MiB to 1 GiB.";
        if (PageSize is { } page && (!int.IsPow2(page) || page < ChunkGeometry.RecordSize || page > SegmentSize))
            yield return $"The chunk store's page size is {page}; it must be a power of two from 4 MiB to the segment size.";
        if (MemorySize is { } memory && (!long.IsPow2(memory) || memory < 2L * (PageSize ?? ChunkGeometry.RecordSize)))
            yield return $"The chunk store's memory size is {memory}; it must be a power of two of at least two pages.";
        if (MaxPendingAppends is < 1 or > 64)
            yield return $"The chunk store's pending appends are {MaxPendingAppends}; they must be from 1 to 64.";
        if (FlushTimeout <= TimeSpan.Zero || RebuildDelay <= TimeSpan.Zero || MaxRebuildDelay < RebuildDelay || MaxRebuildAttempts < 1)
            yield return "The chunk store's time-outs, rebuild delays and attempts must be positive.";
    }
}
