using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>A stretch of the change feed, read in one snapshot.</summary>
/// <param name="Records">The changes in order, beginning right after the asked-for position.</param>
/// <param name="Position">All changes up to this are in <paramref name="Records"/> or were before them.</param>
/// <param name="HistoryLost">True when the asked-for position is older than the history kept, or is none of this feed:
/// there are no records then, and the position is the newest.</param>
internal sealed record FeedSlice(IReadOnlyList<ChangeRecord> Records, long Position, bool HistoryLost);
