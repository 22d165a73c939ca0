using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Replication;

/// <summary>A change feed's source: the region's catalog or the identity database.</summary>
internal interface IChangeSource
{
    /// <summary>The identity of the stream's history.</summary>
    string Epoch { get; }

    /// <summary>Up to <paramref name="max"/> records after <paramref name="after"/>, in order.</summary>
    ValueTask<ChangeBatch> ReadAsync(long after, int max, CancellationToken cancellationToken);

    /// <summary>Completes once a record after <paramref name="position"/> is committed.</summary>
    Task WaitBeyondAsync(long position, CancellationToken cancellationToken);
}

/// <summary>A piece of a change stream.</summary>
/// <param name="Position">The stream's newest committed position when this was read.</param>
/// <param name="HistoryGone">Whether records after the asked-for position are no longer kept, or the position was never reached.</param>
/// <param name="Records">The records, in order; empty when there are none or the history is gone.</param>
internal readonly record struct ChangeBatch(long Position, bool HistoryGone, IReadOnlyList<ChangeRecord> Records);
