using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;

namespace EdgeCache.Edge.Filling;

/// <summary>Runs one fill from queue to store: its turn and a buffer, the fetch, append, end.</summary>
internal sealed class FillRunner(
    ChunkCache store, FillFetcher fetcher, ChunkSources sources, FillBuffers buffers, TimeProvider time, EdgeMetrics metrics, ILogger<FillRunner> logger)
{
    /// <summary>How long bytes that the store did not take stay readable for those who wait, at most.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    /// <summary>Fetches and stores what the fill is of. Never throws for what upstreams and disks do; the caller retires the fill.</summary>
    public async Task RunAsync(ChunkFill fill, FillTarget target, FillTable table, CancellationToken stopping)
    {
        using var queued = CancellationTokenSource.CreateLinkedTokenSource(fill.Abandoned, stopping);
        FillFailure failure;
        try
        {
            await fill.Ticket.Granted.WaitAsync(queued.Token);
            var buffer = await buffers.RentAsync(fill.Length, queued.Token);
            if (!fill.Begin(buffer))
            {
                buffer.Release();
                EndQueued(fill);
                return;
            }

            failure = await FetchAsync(fill, target, fill.Extent.IsWhole ? table.TakeRuns(fill) : [], stopping);
        }
        catch (OperationCanceledException)
        {
            EndQueued(fill);
            return;
        }
        finally
        {
            fill.Ticket.EndFetch();
        }

        if (failure != FillFailure.None)
        {
            // Whoever comes now starts afresh; those who wait learn of the failure.
            table.Remove(fill);
            fill.Fail(failure);
            metrics.FillEnded(FillState.Failed, failure);
            FillLog.Failed(logger, target.Version.Bucket, fill.Id.Index, target.Region.Name, failure);
            return;
        }

        await StoreAsync(fill, target, table, stopping);
    }

    private void EndQueued(ChunkFill fill)
    {
        fill.Fail(FillFailure.Unreachable);
        metrics.FillEnded(FillState.Abandoned, FillFailure.None);
    }

    private async Task<FillFailure> FetchAsync(ChunkFill fill, FillTarget target, IReadOnlyList<ChunkFill> runs, CancellationToken stopping)
    {
        metrics.FillStarted(target.Region.Name);
        try
        {
            return await fetcher.FetchAsync(fill, target, runs, stopping);
        }
        finally
        {
            foreach (var run in runs)
            {
                run.Leave();
            }
        }
    }

    private async Task StoreAsync(ChunkFill fill, FillTarget target, FillTable table, CancellationToken stopping)
    {
        if (!store.Pins.IsPinned(fill.Id.Generation) && !sources.IsKept(fill, target) && !await IsStillReadAsync(fill, stopping))
        {
            table.Remove(fill);
            metrics.FillEnded(FillState.Complete, FillFailure.None);
            return;
        }

        // Not cancelled when the edge stops: the cache bounds its own waits, and refuses once it is closed.
        var what = new Origination(target.Version.OwnerOrganizationId, fill.Reader, fill.IsShared, target.IsOrdered);
        var stored = fill.Extent.IsBlocks
            ? await store.AppendBlocksAsync(what, fill.Id, fill.Extent.FirstBlock, fill.Payload, CancellationToken.None)
            : await store.AppendAsync(what, fill.Id, fill.Payload, CancellationToken.None);
        metrics.FillEnded(FillState.Complete, FillFailure.None);
        if (stored)
        {
            return;
        }

        // Whoever is slower than that fetches anew.
        metrics.FillNotStored();
        await IsDesertedAsync(fill, Linger, stopping);
        table.Remove(fill);
    }

    /// <summary>Gives those who read what is not to be stored a moment; what was fetched ahead of a read to come, that read. Whether someone reads it then.</summary>
    private async Task<bool> IsStillReadAsync(ChunkFill fill, CancellationToken stopping)
    {
        if (fill.WasKept)
        {
            await Task.Delay(PeerTimes.Linger, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return fill.IsRead;
        }

        return !await IsDesertedAsync(fill, PeerTimes.Linger, stopping) && fill.IsRead;
    }

    private async Task<bool> IsDesertedAsync(ChunkFill fill, TimeSpan patience, CancellationToken stopping)
    {
        try
        {
            await fill.DesertedAsync().WaitAsync(patience, time, stopping);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
