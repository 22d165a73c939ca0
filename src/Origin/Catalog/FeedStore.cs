namespace EdgeCache.Origin.Catalog;

/// <summary>The region's change feed: what was committed, in order.</summary>
internal sealed class FeedStore
{
    /// <summary>How many records are kept for subscribers that were away.</summary>
    public const int MaxHistory = 1_000_000;

    /// <summary>The identity of this feed's history.</summary>
    public string Epoch => throw new NotImplementedException();

    /// <summary>The newest committed sequence; 0 before the first change.</summary>
    public long CurrentSequence => throw new NotImplementedException();

    /// <summary>The changes after a position, at most <paramref name="max"/>.</summary>
    public Task<FeedSlice> ReadAsync(long after, int max, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Waits until something was committed after a position; returns the newest sequence.</summary>
    public Task<long> WaitAsync(long after, CancellationToken cancellationToken) => throw new NotImplementedException();
}
