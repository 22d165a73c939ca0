using System.Collections.Concurrent;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// All fetches of chunks that are under way, at most one per chunk however many want it: whoever asks either starts the fill or joins it.
/// A fill stays in the table until its bytes are visible in the store, so there is no moment at which a chunk is in neither.
/// </summary>
internal sealed class FillTable(
    ChunkCache store, FillRunner runner, FillScheduler scheduler, EdgeMetrics metrics, CancellationToken stopping)
{
    /// <summary>How often a chunk is fetched again that was evicted, or whose fetch was given up by others, before someone could make sure of it.</summary>
    private const int MaxTries = 3;

    private readonly ConcurrentDictionary<ChunkId, ChunkFill> _fills = new();
    private int _count;
    private long _joined;
    private int _running;
    private int _kept;
    private TaskCompletionSource? _idle;

    /// <summary>How many fills are in the table.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How often a fill under way was joined, ever.</summary>
    public long Joined => Volatile.Read(ref _joined);

    /// <summary>How many fills are kept that nobody reads now.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <summary>Whether a fill of the chunk is under way.</summary>
    public bool Contains(ChunkId id) => _fills.ContainsKey(id);

    /// <summary>Whether all bytes of the chunk have arrived and only wait to be stored: reading them needs no origin.</summary>
    public bool HasAllOf(ChunkId id) => _fills.TryGetValue(id, out var fill) && fill.Available == fill.Length;

    /// <summary>Joins the fill of a chunk or starts it; null when too many wait already. A fill that is joined becomes as urgent as its most urgent user.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="target">What it is part of, for whom, and how urgent it is.</param>
    /// <param name="reader">A hash of who wants it.</param>
    /// <param name="started">Whether this call started it.</param>
    public ChunkFill? JoinOrStart(ChunkId id, FillTarget target, byte reader, out bool started)
    {
        while (true)
        {
            if (_fills.TryGetValue(id, out var existing))
            {
                if (existing.TryJoin(reader))
                {
                    Interlocked.Increment(ref _joined);
                    metrics.FillJoined();
                    existing.Ticket.Raise(target.Priority);
                    started = false;
                    return existing;
                }

                Remove(existing);
                continue;
            }

            var length = ChunkGeometry.LengthOf(id.Index, target.Version.Size);
            if (scheduler.TryEnter(target.Organization, target.Priority, FillBuffers.SizeFor(length)) is not { } ticket)
            {
                started = false;
                return null;
            }

            var fill = new ChunkFill(id, length, reader, ticket, new CancellationTokenSource());
            if (!_fills.TryAdd(id, fill))
            {
                ticket.Dispose();
                continue;
            }

            Interlocked.Increment(ref _count);
            Interlocked.Increment(ref _running);
            started = true;
            _ = RunAsync(fill, target);
            return fill;
        }
    }

    /// <summary>
    /// Makes a chunk resident without reading it; false when that can't be now: too many fetches wait, the source fails, or the store does not take it.
    /// </summary>
    /// <param name="target">What it is part of, for whom, and how urgent it is.</param>
    /// <param name="id">The chunk.</param>
    /// <param name="cancellationToken">Stops the wait; a fetch that nobody else wants and that has not begun is then given up.</param>
    public async Task<bool> EnsureAsync(FillTarget target, ChunkId id, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries && !store.Contains(id); attempt++)
        {
            if (JoinOrStart(id, target, reader: 0, out _) is not { } fill)
            {
                return false;
            }

            try
            {
                await fill.EndedAsync().WaitAsync(cancellationToken);
            }
            finally
            {
                fill.Leave();
            }

            if (fill.HasFailed)
            {
                return false;
            }
        }

        return store.Contains(id);
    }

    /// <summary>Takes a place in a fill over, so that the fill is not given up although whoever wanted it is gone.</summary>
    public void Keep(ChunkFill fill)
    {
        Interlocked.Increment(ref _kept);
        _ = LeaveAtEndAsync(fill);
    }

    /// <summary>Completes when no fill runs any more; call it once nothing can start one.</summary>
    public Task DrainAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _idle, idle);
        if (Volatile.Read(ref _running) == 0)
        {
            idle.TrySetResult();
        }

        return idle.Task;
    }

    private async Task LeaveAtEndAsync(ChunkFill fill)
    {
        await fill.EndedAsync();
        fill.Leave();
        Interlocked.Decrement(ref _kept);
    }

    private async Task RunAsync(ChunkFill fill, FillTarget target)
    {
        // The caller of JoinOrStart must not be held up by the first steps of the fetch.
        await Task.Yield();
        try
        {
            await runner.RunAsync(fill, target, Remove, stopping);
        }
        finally
        {
            Remove(fill);
            fill.Retire();
            fill.Ticket.Dispose();
            if (Interlocked.Decrement(ref _running) == 0)
            {
                Volatile.Read(ref _idle)?.TrySetResult();
            }
        }
    }

    private void Remove(ChunkFill fill)
    {
        if (_fills.TryRemove(new(fill.Id, fill)))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
