using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>Where the bytes of a block are, or will be.</summary>
/// <param name="Fill">The fill that has it, or will have it, with a place in it for the caller; null when it is stored, or too many fetches wait.</param>
/// <param name="IsStored">Whether the store has it.</param>
internal readonly record struct BlockPlace(ChunkFill? Fill, bool IsStored);

/// <summary>
/// All fetches that are under way. A block belongs to at most one of them, however many want it: whoever asks either starts a fill or joins it. A
/// fill stays in the table until its bytes are visible in the store, and whether something is stored is looked up under the same lock, so there
/// is no moment at which a block is in neither and none at which it is fetched twice.
/// </summary>
internal sealed class FillTable(
    ChunkCache store,
    ChunkSources sources,
    FillRunner runner,
    FillBudgets budgets,
    Headstarts headstarts,
    EdgeMetrics metrics,
    CancellationToken stopping)
{
    /// <summary>How often a chunk is fetched again that was evicted, or whose fetch was given up by others, before someone could make sure of it.</summary>
    private const int MaxTries = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<ChunkId, ChunkFills> _chunks = [];
    private readonly BlockCensus _census = new();
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

    /// <summary>Whether anything of the chunk is being fetched.</summary>
    public bool Contains(ChunkId id)
    {
        lock (_lock)
        {
            return _chunks.ContainsKey(id);
        }
    }

    /// <summary>Whether all bytes of the chunk have arrived and only wait to be stored: reading them needs no origin.</summary>
    public bool HasAllOf(ChunkId id)
    {
        lock (_lock)
        {
            return _chunks.TryGetValue(id, out var fills) && fills.Whole is { } fill && fill.Available == fill.Length;
        }
    }

    /// <summary>Joins the fill of a whole chunk or starts it; null when too many wait already, or may not join it. A fill that is joined becomes as urgent as its most urgent user.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="target">What it is part of, for whom, and how urgent it is.</param>
    /// <param name="reader">A hash of who wants it.</param>
    /// <param name="started">Whether this call started it.</param>
    public ChunkFill? JoinOrStart(ChunkId id, FillTarget target, byte reader, out bool started)
    {
        lock (_lock)
        {
            started = false;
            return TryJoin(id, static fills => fills.Whole, target, reader, out var fill)
                ? fill
                : Start(id, FillExtent.Whole(id.Index, target.Version.Size), target, reader, out started);
        }
    }

    /// <summary>Finds a chunk: in the store, or in a fill that is joined or started.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="target">What it is part of, for whom, and how urgent it is.</param>
    /// <param name="reader">A hash of who wants it.</param>
    public BlockPlace Find(ChunkId id, FillTarget target, byte reader)
    {
        lock (_lock)
        {
            Adopt(target, reader);
            return TryJoin(id, static fills => fills.Whole, target, reader, out var fill) ? new(fill, false)
                : IsStored(id, target) ? new(null, true)
                : new(Start(id, FillExtent.Whole(id.Index, target.Version.Size), target, reader, out _), false);
        }
    }

    /// <summary>
    /// Finds a block: in the store, or in a fill that is joined, or in one that is started for it and those that follow it without a gap and are in neither.
    /// </summary>
    /// <param name="id">The chunk.</param>
    /// <param name="firstBlock">The number of the block.</param>
    /// <param name="lastBlock">The last block that is wanted.</param>
    /// <param name="isSmall">Whether a small range wants it: see <see cref="BlockCensus"/>.</param>
    /// <param name="target">What it is part of, for whom, and how urgent it is.</param>
    /// <param name="reader">A hash of who wants it.</param>
    public BlockPlace FindBlocks(ChunkId id, int firstBlock, int lastBlock, bool isSmall, FillTarget target, byte reader)
    {
        FillExtent extent;
        ChunkFill? fill;
        lock (_lock)
        {
            Adopt(target, reader);
            if (TryJoin(id, fills => fills.Covering(firstBlock), target, reader, out fill))
            {
                return new(fill, false);
            }

            if (store.Contains(id) || store.ContainsBlock(id, firstBlock))
            {
                return new(null, true);
            }

            var fills = _chunks.GetValueOrDefault(id);
            var end = firstBlock;
            while (end < lastBlock && fills?.Covering(end + 1) is null && !store.ContainsBlock(id, end + 1))
            {
                end++;
            }

            extent = FillExtent.Run(id.Index, target.Version.Size, firstBlock, end);
            fill = Start(id, extent, target, reader, out _);
        }

        if (fill is not null)
        {
            CountRun(id, extent, isSmall, target);
        }

        return new(fill, false);
    }

    /// <summary>
    /// Makes a chunk resident without reading it; false when that can't be now: too many fetches wait, the source fails, or the store does not take it.
    /// </summary>
    /// <param name="target">What it is part of, for whom, and how urgent it is.</param>
    /// <param name="id">The chunk.</param>
    /// <param name="cancellationToken">Stops the wait; a fetch that nobody else wants and that has not begun is then given up.</param>
    public async Task<bool> EnsureAsync(FillTarget target, ChunkId id, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries && !IsStored(id, target); attempt++)
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

        return IsStored(id, target);
    }

    /// <summary>Takes a place in a fill over, so that the fill is not given up although whoever wanted it is gone.</summary>
    public void Keep(ChunkFill fill)
    {
        Interlocked.Increment(ref _kept);
        fill.Keep();
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

    /// <summary>
    /// The fill of a whole chunk begins: the runs under way that it takes its bytes from, with a place in each. Those whose turn has not come are given up, since they
    /// might wait for what this fill holds.
    /// </summary>
    public IReadOnlyList<ChunkFill> TakeRuns(ChunkFill whole)
    {
        lock (_lock)
        {
            if (!_chunks.TryGetValue(whole.Id, out var fills) || fills.Runs.Count == 0)
            {
                return [];
            }

            var taken = new List<ChunkFill>();
            foreach (var run in fills.Runs.ToArray())
            {
                if (run.TrySupersede())
                {
                    Remove(run);
                }
                else if ((whole.AsksPeers || !run.AsksPeers) && run.TryJoin(whole.Reader))
                {
                    taken.Add(run);
                }
            }

            return taken;
        }
    }

    /// <summary>Takes a fill out, so that whoever comes now starts afresh.</summary>
    public void Remove(ChunkFill fill)
    {
        lock (_lock)
        {
            if (_chunks.TryGetValue(fill.Id, out var fills) && fills.Remove(fill))
            {
                _count--;
                if (fills.IsEmpty)
                {
                    _chunks.Remove(fill.Id);
                }
            }
        }
    }

    private bool IsStored(ChunkId id, FillTarget target) =>
        store.Contains(id) || (target.Version.Size <= FillExtent.SmallObject && store.ContainsBlock(id, 0));

    // Under the lock. True with no fill when there is one that may not be joined: what is fetched for another edge must not wait for another edge.
    private bool TryJoin(ChunkId id, Func<ChunkFills, ChunkFill?> choose, FillTarget target, byte reader, out ChunkFill? fill)
    {
        while (_chunks.TryGetValue(id, out var fills) && choose(fills) is { } existing)
        {
            if (target.RegionOnly && existing.AsksPeers)
            {
                fill = null;
                return true;
            }

            if (existing.TryJoin(reader))
            {
                _joined++;
                metrics.FillJoined();
                existing.Ticket.Raise(target.Priority);
                fill = existing;
                return true;
            }

            Remove(existing);
        }

        fill = null;
        return false;
    }

    // Under the lock. What was asked for before the version was known becomes a fill before any other of the version begins, so that others join it.
    private void Adopt(FillTarget target, byte reader)
    {
        if (headstarts.Find(target) is not { } headstart || headstart.ExtentIn(target.Version.Size) is not { } extent)
        {
            return;
        }

        var id = new ChunkId(target.Version.Generation, headstart.Index);
        var fills = _chunks.GetValueOrDefault(id);
        for (var block = extent.FirstBlock; block <= extent.LastBlock; block++)
        {
            if (fills?.Covering(block) is not null || store.ContainsBlock(id, block))
            {
                return;
            }
        }

        if (!store.Contains(id) && headstart.TryAdopt())
        {
            if (Start(id, extent, target, reader, out _, headstart) is { } fill)
            {
                Keep(fill);
                CountRun(id, extent, headstart.IsSmall, target);
            }
            else
            {
                headstart.Release();
            }
        }
    }

    // Under the lock.
    private ChunkFill? Start(ChunkId id, FillExtent extent, FillTarget target, byte reader, out bool started, Headstart? headstart = null)
    {
        started = false;
        var asksPeers = sources.AsksPeers(target, id);
        if (budgets.For(asksPeers).TryEnter(target.Organization, target.Priority, FillBuffers.SizeFor(extent.Length)) is not { } ticket)
        {
            return null;
        }

        var fill = new ChunkFill(id, extent, reader, ticket, new CancellationTokenSource(), headstart) { AsksPeers = asksPeers };
        if (!_chunks.TryGetValue(id, out var fills))
        {
            _chunks.Add(id, fills = new ChunkFills());
        }

        fills.Add(fill);
        _count++;
        Interlocked.Increment(ref _running);
        started = true;
        _ = RunAsync(fill, asksPeers ? target : target with { RegionOnly = true });
        return fill;
    }

    private async Task RunAsync(ChunkFill fill, FillTarget target)
    {
        // The caller, who holds the lock, must not be held up by the first steps of the fetch.
        await Task.Yield();
        try
        {
            await runner.RunAsync(fill, target, this, stopping);
        }
        finally
        {
            Remove(fill);
            fill.Retire();
            fill.Ticket.Dispose();
            fill.Headstart?.Release();
            if (Interlocked.Decrement(ref _running) == 0)
            {
                Volatile.Read(ref _idle)?.TrySetResult();
            }
        }
    }

    private void CountRun(ChunkId id, FillExtent extent, bool isSmall, FillTarget target)
    {
        if (!extent.IsWhole && _census.Note(id, extent, isSmall, ChunkGeometry.BlocksOf(ChunkGeometry.LengthOf(id.Index, target.Version.Size))))
        {
            _ = FetchRestAsync(id, target);
        }
    }

    private async Task FetchRestAsync(ChunkId id, FillTarget target)
    {
        try
        {
            await EnsureAsync(target with { Priority = FillPriority.WarmUp }, id, stopping);
        }
        catch (OperationCanceledException)
        {
            // The edge stops.
        }
    }

    private async Task LeaveAtEndAsync(ChunkFill fill)
    {
        // Not until it is stored: what the store does not take is kept for readers, and this is none.
        await fill.WaitBeyondAsync(fill.Length - 1, CancellationToken.None);
        fill.LeaveAsKeeper();
        Interlocked.Decrement(ref _kept);
    }
}
