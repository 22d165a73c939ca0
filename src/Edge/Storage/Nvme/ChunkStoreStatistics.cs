namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>A snapshot of a chunk store's counters; each is exact, together they are not one instant.</summary>
internal readonly record struct ChunkStoreStatistics
{
    /// <summary>Chunks in the index.</summary>
    public long LiveChunks { get; init; }

    /// <summary>Bytes of disk accounted to the store: segments at their full size, live and dying, and the journal. Never above the capacity.</summary>
    public long DiskBytes { get; init; }

    /// <summary>The configured ceiling of <see cref="DiskBytes"/>.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Segments that are in the log.</summary>
    public int LiveSegments { get; init; }

    /// <summary>Segments that are evicted and unlinked but still held open by a lease.</summary>
    public int DyingSegments { get; init; }

    /// <summary>Payload bytes appended since the store was opened.</summary>
    public long AppendedBytes { get; init; }

    /// <summary>Of <see cref="AppendedBytes"/>, those of chunks that were written again because they were touched.</summary>
    public long RewrittenBytes { get; init; }

    /// <summary>Chunks that the write budget kept out since the store was opened.</summary>
    public long NotAdmittedChunks { get; init; }

    /// <summary>Segments evicted since the store was opened.</summary>
    public long EvictedSegments { get; init; }

    /// <summary>Chunks that left with an evicted segment since the store was opened.</summary>
    public long EvictedChunks { get; init; }

    /// <summary>Reads that found a damaged chunk since the store was opened.</summary>
    public long ChecksumFailures { get; init; }

    /// <summary>Appends that the store turned away since it was opened.</summary>
    public long RefusedAppends { get; init; }

    /// <summary>Whether the store currently takes no appends because of an I/O error.</summary>
    public bool Degraded { get; init; }
}
