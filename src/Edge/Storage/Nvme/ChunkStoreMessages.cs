namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>The chunk store's log messages, events 3700 to 3719.</summary>
internal static partial class ChunkStoreMessages
{
    [LoggerMessage(3700, LogLevel.Information, "Chunk store opened: {Chunks} chunks in {Segments} segments of {SegmentSize} bytes, at most {MaxSegments}")]
    public static partial void Opened(this ILogger logger, long chunks, int segments, long segmentSize, int maxSegments);

    [LoggerMessage(3701, LogLevel.Warning, "The chunk journal had {Places} damaged places; what they named is fetched again")]
    public static partial void JournalDamaged(this ILogger logger, int places);

    [LoggerMessage(3702, LogLevel.Warning, "Chunk store starts empty: {Reason}")]
    public static partial void StartsEmpty(this ILogger logger, string reason);

    [LoggerMessage(3703, LogLevel.Warning, "Chunk {Id} is damaged and was dropped")]
    public static partial void ChunkDamaged(this ILogger logger, ChunkId id);

    [LoggerMessage(3704, LogLevel.Error, "Chunk store is degraded: it serves what it has and takes no appends")]
    public static partial void Degraded(this ILogger logger, Exception exception);

    [LoggerMessage(3705, LogLevel.Warning, "Chunk store could not be rebuilt, attempt {Attempt}")]
    public static partial void RebuildFailed(this ILogger logger, Exception exception, int attempt);

    [LoggerMessage(3706, LogLevel.Information, "Chunk store takes appends again, after {Attempts} attempts")]
    public static partial void Rebuilt(this ILogger logger, int attempts);

    [LoggerMessage(3707, LogLevel.Warning, "A segment could not be created: {Reason}")]
    public static partial void SegmentRefused(this ILogger logger, string reason);

    [LoggerMessage(3708, LogLevel.Debug, "Segment {Segment} evicted with {Chunks} chunks")]
    public static partial void Evicted(this ILogger logger, int segment, int chunks);

    [LoggerMessage(3709, LogLevel.Error, "Chunk store gave up rebuilding after {Attempts} attempts")]
    public static partial void GaveUp(this ILogger logger, int attempts);

    [LoggerMessage(3710, LogLevel.Warning, "Segment {Segment} could not be unlinked; the next start deletes it")]
    public static partial void UnlinkFailed(this ILogger logger, int segment);

    [LoggerMessage(3711, LogLevel.Warning, "Chunk {Id} could not be read and was dropped: {Reason}")]
    public static partial void ChunkUnreadable(this ILogger logger, ChunkId id, string reason);
}
