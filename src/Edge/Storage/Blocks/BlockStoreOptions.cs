using System.Numerics;
using EdgeCache.Edge.Storage.Nvme;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>How a block store is bounded. Sizes are in bytes.</summary>
internal sealed record BlockStoreOptions
{
    /// <summary>The smallest capacity that the store accepts: four of the smallest segments.</summary>
    public const long MinimumCapacity = MinimumSegments * MinimumSegmentSize;

    /// <summary>The fewest segments with which eviction by whole segments makes sense.</summary>
    public const int MinimumSegments = 4;

    private const long MinimumSegmentSize = 1 << 20;
    private const long MaximumSegmentSize = 256 << 20;
    private const int WantedSegments = 16;

    /// <summary>The directory that the store owns alone; made when absent.</summary>
    public required string Directory { get; init; }

    /// <summary>The ceiling of disk use; at least <see cref="MinimumCapacity"/>.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>When blocks that are sent from their file are compared with their checksums; those that are read always are.</summary>
    public ChecksumPolicy Checksums { get; init; } = ChecksumPolicy.Strict;

    /// <summary>How long a caller waits for its bytes to be written before it goes without.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing is written after the device or the file system refused.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Stands in for writing to a segment's file: how tests inject faults.</summary>
    internal Func<SafeFileHandle, ReadOnlyMemory<byte>, long, ValueTask>? Write { get; init; }

    /// <summary>The size of a segment in a new store of this capacity: a sixteenth, as a power of two from 1 to 256 MiB.</summary>
    public long SegmentSize => 1L << BitOperations.Log2((ulong)Math.Clamp(CapacityBytes / WantedSegments, MinimumSegmentSize, MaximumSegmentSize));
}
