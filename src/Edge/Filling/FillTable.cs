using System.Collections.Concurrent;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// All fetches of chunks that are under way, at most one per chunk however many want it: whoever asks either starts the fill or joins it.
/// A fill stays in the table until its bytes are visible in the store, so there is no moment at which a chunk is in neither.
/// </summary>
internal sealed class FillTable(
    FillRunner runner, int maxActiveAndQueued, EdgeMetrics metrics, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<ChunkId, ChunkFill> _fills = new();
    private int _count;
    private long _joined;
    private int _running;
    private TaskCompletionSource? _idle;

    /// <summary>How many fills are in the table.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How often a fill under way was joined, ever.</summary>
    public long Joined => Volatile.Read(ref _joined);

    /// <summary>Whether a fill of the chunk is under way.</summary>
    public bool Contains(ChunkId id) => _fills.ContainsKey(id);

    /// <summary>Whether all bytes of the chunk have arrived and only wait to be stored: reading them needs no origin.</summary>
    public bool HasAllOf(ChunkId id) => _fills.TryGetValue(id, out var fill) && fill.Available == fill.Length;

    /// <summary>Joins the fill of a chunk or starts it; null when too many wait already.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="version">The version that it is part of.</param>
    /// <param name="region">Where to fetch it.</param>
    /// <param name="reader">A hash of who wants it.</param>
    /// <param name="started">Whether this call started it.</param>
    public ChunkFill? JoinOrStart(ChunkId id, VersionFacts version, Region region, byte reader, out bool started)
    {
        while (true)
        {
            if (_fills.TryGetValue(id, out var existing))
            {
                if (existing.TryJoin(reader))
                {
                    Interlocked.Increment(ref _joined);
                    metrics.FillJoined();
                    started = false;
                    return existing;
                }

                Remove(existing);
                continue;
            }

            if (Volatile.Read(ref _count) >= maxActiveAndQueued)
            {
                started = false;
                return null;
            }

            var fill = new ChunkFill(id, ChunkGeometry.LengthOf(id.Index, version.Size), reader, new CancellationTokenSource());
            if (_fills.TryAdd(id, fill))
            {
                Interlocked.Increment(ref _count);
                Interlocked.Increment(ref _running);
                started = true;
                _ = RunAsync(fill, version, region);
                return fill;
            }
        }
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

    private async Task RunAsync(ChunkFill fill, VersionFacts version, Region region)
    {
        // The caller of JoinOrStart must not be held up by the first steps of the fetch.
        await Task.Yield();
        try
        {
            await runner.RunAsync(fill, version, region, Remove, stopping);
        }
        finally
        {
            Remove(fill);
            fill.Retire();
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
