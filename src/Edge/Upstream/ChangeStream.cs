using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>
/// What an edge knows of one change feed: how far it has applied it, until when that is all there was, and which names changed when.
/// Frames are applied by one follower; any number of requests read.
/// Invariant: a record is in the table before the position and the time of completeness move over it, so whoever first sees the stream live and then an
/// entry that the table does not refute has an entry that was current within <see cref="FeedFrame.StaleAfter"/>, however late frames come.
/// </summary>
internal sealed class ChangeStream(string name, TimeProvider time)
{
    private const long Never = long.MinValue;

    private readonly Lock _applying = new();
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private History _history = new(string.Empty, 0, new InvalidationTable());
    private PositionWaiter? _waiters;
    private long _position;
    private long _completeAt = Never;
    private long _completeAtUtcTicks;

    /// <summary>The region's name, or <c>control</c>.</summary>
    public string Name => name;

    /// <summary>The identity of the history that is followed; empty when the stream was never heard.</summary>
    public string Epoch => Volatile.Read(ref _history).Epoch;

    /// <summary>The last applied position.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Whether there is a position to go on from, of this process or an earlier one.</summary>
    public bool HasState => Epoch.Length > 0;

    /// <summary>Completes once <see cref="HasState"/> holds.</summary>
    public Task Known => _known.Task;

    /// <summary>Whether all is known that was committed until <see cref="FeedFrame.StaleAfter"/> ago.</summary>
    public bool IsLive => Lag < FeedFrame.StaleAfter;

    /// <summary>For how long there may have been changes that this process does not know; <see cref="TimeSpan.MaxValue"/> when it never knew all.</summary>
    public TimeSpan Lag => Volatile.Read(ref _completeAt) is var at and not Never ? time.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>Until when all changes are known, by this process or, restored from the checkpoint, an earlier one.</summary>
    public DateTimeOffset CompleteAt => new(Volatile.Read(ref _completeAtUtcTicks), TimeSpan.Zero);

    /// <summary>Taken before a question is sent: whatever the answer is, it reflects all changes that were applied by now.</summary>
    public StreamStamp Stamp()
    {
        lock (_applying)
        {
            return new StreamStamp(_history.Epoch, _position, time.GetUtcNow());
        }
    }

    /// <summary>Whether no change is known that an entry with this stamp does not reflect.</summary>
    public bool Covers(in StreamStamp stamp, ChangeName name)
    {
        var history = Volatile.Read(ref _history);
        return string.Equals(stamp.Epoch, history.Epoch, StringComparison.Ordinal) && stamp.AsOf >= history.Floor &&
            stamp.AsOf >= history.Changes.LastChange(name);
    }

    /// <summary>Applies a frame of the feed.</summary>
    /// <param name="frame">The frame, the next of its connection.</param>
    /// <param name="completeAt">A moment by which all that was committed is known with this frame; null when it completes nothing.</param>
    /// <returns>Whether everything learned from the stream before became void.</returns>
    public bool Apply(FeedFrame frame, long? completeAt)
    {
        var wasReset = false;
        lock (_applying)
        {
            if (frame.Epoch != _history.Epoch)
            {
                wasReset = _history.Epoch.Length > 0;
                Volatile.Write(ref _history, new History(frame.Epoch, frame.Position, new InvalidationTable()));
                Volatile.Write(ref _position, frame.Position);
            }
            else if (frame.Reset)
            {
                Volatile.Write(ref _history, _history with { Floor = frame.Position });
                wasReset = true;
            }

            Record(frame.Records);
            Volatile.Write(ref _position, Math.Max(_position, frame.Position));
            if (completeAt is { } at && at > _completeAt)
            {
                Volatile.Write(ref _completeAtUtcTicks, (time.GetUtcNow() - time.GetElapsedTime(at)).UtcTicks);
                Volatile.Write(ref _completeAt, at);
            }

            ReleaseWaiters();
        }

        _known.TrySetResult();
        return wasReset;
    }

    /// <summary>Records a change that this edge learned of ahead of the feed, from the answer to a write that it passed on.</summary>
    public void Invalidate(ChangeName name, long sequence) => Volatile.Read(ref _history).Changes.Record(name, sequence);

    /// <summary>Completes with true once the feed has reached <paramref name="position"/>, with false after <paramref name="timeout"/>.</summary>
    public async Task<bool> WaitForAsync(long position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        PositionWaiter waiter;
        lock (_applying)
        {
            if (_position >= position)
            {
                return true;
            }

            waiter = _waiters = new PositionWaiter(position, _waiters);
        }

        try
        {
            await waiter.Reached.Task.WaitAsync(timeout, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_applying)
            {
                _waiters = PositionWaiter.Without(_waiters, waiter);
            }
        }
    }

    /// <summary>A consistent copy of the state, for the checkpoint.</summary>
    public StreamCheckpoint Checkpoint()
    {
        lock (_applying)
        {
            var changes = new byte[InvalidationTable.Slots * sizeof(long)];
            _history.Changes.CopyTo(changes);
            return new StreamCheckpoint(_history.Epoch, _history.Floor, _position, CompleteAt, changes);
        }
    }

    /// <summary>Goes on from an earlier process's state; only before the follower starts.</summary>
    public void Restore(StreamCheckpoint checkpoint)
    {
        lock (_applying)
        {
            Volatile.Write(ref _history, new History(checkpoint.Epoch, checkpoint.Floor, new InvalidationTable(checkpoint.Changes.Span)));
            Volatile.Write(ref _position, checkpoint.Position);
            Volatile.Write(ref _completeAtUtcTicks, checkpoint.CompleteAt.UtcTicks);
        }

        _known.TrySetResult();
    }

    private void Record(IReadOnlyList<ChangeRecord> records)
    {
        foreach (var record in records)
        {
            _history.Changes.Record(ChangeName.Of(record), record.Sequence);
            if (record.Kind == ChangeKind.BucketDeleted)
            {
                _history.Changes.Record(ChangeName.AllObjects(record.Bucket), record.Sequence);
            }
        }
    }

    private void ReleaseWaiters()
    {
        for (var waiter = _waiters; waiter is not null; waiter = waiter.Next)
        {
            if (waiter.Position <= _position)
            {
                waiter.Reached.TrySetResult();
            }
        }
    }

    /// <summary>One history of the stream, replaced as a whole.</summary>
    /// <param name="Epoch">Its identity.</param>
    /// <param name="Floor">Nothing learned before this position is believed.</param>
    /// <param name="Changes">What changed since.</param>
    private sealed record History(string Epoch, long Floor, InvalidationTable Changes);
}
