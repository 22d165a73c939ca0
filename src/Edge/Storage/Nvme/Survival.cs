using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// Which chunks of a segment outlive its eviction. They are written again before the segment goes, so they are never missing meanwhile; one that
/// can't be read or written any more goes with its segment.
/// </summary>
/// <param name="Begin">Begins with a segment.</param>
/// <param name="Destination">Where survivors are written; null: to the end of the same log, with one touch spent.</param>
internal sealed record Survival(
    Func<RetentionRound, SegmentJudge> Begin, Func<StoredChunk, ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>>? Destination);
