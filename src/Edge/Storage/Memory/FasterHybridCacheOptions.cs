using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>How the cache of small metadata is bounded. Sizes are in bytes.</summary>
internal sealed record FasterHybridCacheOptions
{
    /// <summary>The smallest disk capacity that the log behind the cache works with.</summary>
    public const long MinimumDiskCapacity = 8L << 20;

    /// <summary>The directory of the log behind the memory, owned alone; null: memory only, and a restart is cold.</summary>
    public string? Directory { get; init; }

    /// <summary>The ceiling of the log's disk use; at least <see cref="MinimumDiskCapacity"/>.</summary>
    public long DiskCapacity { get; init; } = 256L << 20;

    /// <summary>The most entries of the log; each takes a few hundred bytes of memory.</summary>
    public int MaxDiskEntries { get; init; } = 500_000;

    /// <summary>The most entries in memory.</summary>
    public int MaxEntries { get; init; } = 200_000;

    /// <summary>The most bytes in memory, estimated from keys and serialized values.</summary>
    public long MaxBytes { get; init; } = 128L << 20;

    /// <summary>The largest serialized value that is cached.</summary>
    public int MaxValueBytes { get; init; } = 256 << 10;

    /// <summary>How long an entry lives when its options do not say.</summary>
    public TimeSpan DefaultExpiration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long changes are gathered before they are committed to the log together.</summary>
    public TimeSpan CommitDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a commit may take before the log counts as failed.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before a failed log is made anew.</summary>
    public TimeSpan RebuildDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether commits reach the medium, so that what was removed stays removed through a power loss.</summary>
    public Durability Durability { get; init; } = Durability.Synced;

    /// <summary>Puts something between the log and its device: how tests inject faults.</summary>
    internal Func<FASTER.core.IDevice, FASTER.core.IDevice>? WrapDevice { get; init; }

    /// <summary>What is wrong with these options, one sentence each.</summary>
    public IEnumerable<string> Validate()
    {
        if (DiskCapacity < MinimumDiskCapacity)
            yield return $"The metadata cache's disk capacity is {DiskCapacity} bytes; it must be at least {MinimumDiskCapacity} (8 MiB).";
        if (MaxValueBytes is < 1 or > 512 << 10)
            yield return $"The metadata cache's largest value is {MaxValueBytes} bytes; it must be from 1 to 524288.";
        if (MaxEntries < 1 || MaxBytes < 1 || MaxDiskEntries < 1)
            yield return "The metadata cache's bounds must be positive.";
        if (DefaultExpiration <= TimeSpan.Zero || CommitTimeout <= TimeSpan.Zero || RebuildDelay <= TimeSpan.Zero || CommitDelay < TimeSpan.Zero)
            yield return "The metadata cache's times must be positive.";
    }
}
