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

    /// <summary>Chunks behind <see cref="RewrittenBytes"/>.</summary>
    public long ReinsertedChunks { get; init; }

    /// <summary>Bytes that the drive was given to write since the store was opened: headers, padding and journal included.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Chunks that the write budget kept out since the store was opened.</summary>
    public long NotAdmittedChunks { get; init; }

    /// <summary>Segments evicted since the store was opened.</summary>
    public long EvictedSegments { get; init; }

    /// <summary>Chunks that left with an evicted segment since the store was opened.</summary>
    public long EvictedChunks { get; init; }

    /// <summary>Drives that are open, of a cache of several.</summary>
    public int PresentDrives { get; init; }

    /// <summary>Reads that failed with an I/O error since the store was opened.</summary>
    public long ReadFailures { get; init; }

    /// <summary>Reads that found a damaged chunk since the store was opened.</summary>
    public long ChecksumFailures { get; init; }

    /// <summary>Payload bytes that the scrubber found intact since the store was opened.</summary>
    public long ScrubbedBytes { get; init; }

    /// <summary>Passes over all chunks that the scrubber completed since the store was opened.</summary>
    public long ScrubPasses { get; init; }

    /// <summary>Chunks that the scrubber found damaged or unreadable since the store was opened.</summary>
    public long ScrubFailures { get; init; }

    /// <summary>Appends that the store turned away since it was opened.</summary>
    public long RefusedAppends { get; init; }

    /// <summary>Whether the store currently takes no appends because of an I/O error.</summary>
    public bool Degraded { get; init; }

    /// <summary>The counters of two stores together.</summary>
    public static ChunkStoreStatistics operator +(ChunkStoreStatistics a, ChunkStoreStatistics b) => new()
    {
        LiveChunks = a.LiveChunks + b.LiveChunks,
        DiskBytes = a.DiskBytes + b.DiskBytes,
        CapacityBytes = a.CapacityBytes + b.CapacityBytes,
        LiveSegments = a.LiveSegments + b.LiveSegments,
        DyingSegments = a.DyingSegments + b.DyingSegments,
        AppendedBytes = a.AppendedBytes + b.AppendedBytes,
        RewrittenBytes = a.RewrittenBytes + b.RewrittenBytes,
        ReinsertedChunks = a.ReinsertedChunks + b.ReinsertedChunks,
        WrittenBytes = a.WrittenBytes + b.WrittenBytes,
        NotAdmittedChunks = a.NotAdmittedChunks + b.NotAdmittedChunks,
        EvictedSegments = a.EvictedSegments + b.EvictedSegments,
        EvictedChunks = a.EvictedChunks + b.EvictedChunks,
        PresentDrives = a.PresentDrives + b.PresentDrives,
        ReadFailures = a.ReadFailures + b.ReadFailures,
        ChecksumFailures = a.ChecksumFailures + b.ChecksumFailures,
        ScrubbedBytes = a.ScrubbedBytes + b.ScrubbedBytes,
        ScrubPasses = a.ScrubPasses + b.ScrubPasses,
        ScrubFailures = a.ScrubFailures + b.ScrubFailures,
        RefusedAppends = a.RefusedAppends + b.RefusedAppends,
        Degraded = a.Degraded || b.Degraded,
    };
}
