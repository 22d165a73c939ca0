using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>The region's change feed: what was committed, in order.</summary>
internal sealed class FeedStore(ReaderPool readers, string epoch, long sequence)
{
    /// <summary>How many records are kept for subscribers that were away.</summary>
    public const int MaxHistory = 1_000_000;

    private long _current = sequence;
    private TaskCompletionSource _next = NewSignal();

    /// <summary>The identity of this feed's history.</summary>
    public string Epoch => epoch;

    /// <summary>The newest committed sequence; 0 before the first change.</summary>
    public long CurrentSequence => Volatile.Read(ref _current);

    /// <summary>The changes after a position, at most <paramref name="max"/>.</summary>
    public Task<FeedSlice> ReadAsync(long after, int max, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => sql.Snapshot(s => Read(s, after, max)), cancellationToken);

    /// <summary>Waits until something was committed after a position; returns the newest sequence.</summary>
    public async Task<long> WaitAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The signal is taken before the position is read: a commit between the two has completed it.
            var next = Volatile.Read(ref _next);
            if (CurrentSequence is var current && current > after)
            {
                return current;
            }

            await next.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Moves the feed; called by the writer after each commit that appended.</summary>
    internal void Publish(long newest)
    {
        Volatile.Write(ref _current, newest);
        Interlocked.Exchange(ref _next, NewSignal()).SetResult();
    }

    private static FeedSlice Read(SqlSession sql, long after, int max)
    {
        // The newest record is never trimmed, so an empty table means that nothing ever changed.
        var newest = CatalogWriter.NewestSequence(sql);
        var oldest = sql.Integer("SELECT MIN(sequence) FROM changes") ?? 1;
        if (after < oldest - 1 || after > newest)
        {
            return new FeedSlice([], newest, HistoryLost: true);
        }

        var records = sql.All(
            "SELECT sequence, kind, bucket, object_key, changed_at FROM changes WHERE sequence > @after ORDER BY sequence LIMIT @max",
            static r => new ChangeRecord(
                r.GetInt64(0), (ChangeKind)r.GetInt32(1), r.GetString(2), r.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(4))),
            ("after", after), ("max", max));
        return new FeedSlice(records, records.Count == 0 ? after : records[^1].Sequence, HistoryLost: false);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
