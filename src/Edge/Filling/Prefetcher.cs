using System.Collections.Concurrent;
using System.Threading.Channels;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// Fetches whole objects that clients ask to have here soon: by HEAD with <c>Range: bytes=0-0</c>, from whoever may read them. A few at a time, at the
/// lowest priority; what finds no place is left out, and the client, who sees from the same HEAD that it is not here yet, may ask again.
/// </summary>
internal sealed class Prefetcher(FillTable fills, ChunkCache store) : IAsyncDisposable
{
    /// <summary>How many objects may be in hand or wait.</summary>
    public const int MaxObjects = 256;

    /// <summary>How many objects are fetched at once.</summary>
    private const int MaxAtOnce = 4;

    /// <summary>How many chunks of one object are fetched at once.</summary>
    private const int MaxChunksAtOnce = 4;

    private readonly ConcurrentDictionary<Generation, bool> _inHand = new();
    private readonly Channel<FillTarget> _queue = Channel.CreateBounded<FillTarget>(
        new BoundedChannelOptions(MaxObjects) { FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _stopping = new();
    private Task _workers = Task.CompletedTask;

    /// <summary>How many objects are in hand or wait.</summary>
    public int InHand => _inHand.Count;

    /// <summary>Begins to work.</summary>
    public void Start() => _workers = Task.WhenAll(Enumerable.Range(0, MaxAtOnce).Select(_ => Task.Run(WorkAsync)));

    /// <summary>Queues an object unless it is in hand already; false when too many wait.</summary>
    public bool TryAdd(FillTarget target)
    {
        if (!_inHand.TryAdd(target.Version.Generation, true))
        {
            return true;
        }

        if (_queue.Writer.TryWrite(target with { Priority = FillPriority.WarmUp }))
        {
            return true;
        }

        _inHand.TryRemove(target.Version.Generation, out _);
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _queue.Writer.TryComplete();
        await _workers;
        _stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_queue.Reader.TryRead(out var target))
                {
                    await FetchAsync(target);
                    _inHand.TryRemove(target.Version.Generation, out _);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What was not fetched is fetched when it is read.
        }
    }

    private Task FetchAsync(FillTarget target) => Parallel.ForEachAsync(
        Enumerable.Range(0, ChunkGeometry.IndexOf(target.Version.Size - 1) + 1).Select(i => new ChunkId(target.Version.Generation, i)).Where(id => !store.Contains(id)),
        new ParallelOptions { MaxDegreeOfParallelism = MaxChunksAtOnce, CancellationToken = _stopping.Token },
        async (id, cancellationToken) => _ = await fills.EnsureAsync(target, id, cancellationToken));
}
