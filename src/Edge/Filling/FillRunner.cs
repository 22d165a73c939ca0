using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>Runs one fill from queue to store: its turn and a buffer, attempts at the source, append, end.</summary>
internal sealed class FillRunner(
    ChunkCache store, ChunkSources sources, FillBuffers buffers, FillOptions options, TimeProvider time, EdgeMetrics metrics, ILogger<FillRunner> logger)
{
    /// <summary>How long bytes that the store did not take stay readable for those who wait, at most.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    /// <summary>The second attempt follows at once, since most connections break for reasons of their own; the third waits for this long, the next ones in proportion.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Fetches and stores the chunk. Never throws for what upstreams and disks do; the caller retires the fill.</summary>
    public async Task RunAsync(ChunkFill fill, FillTarget target, Action<ChunkFill> remove, CancellationToken stopping)
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

            failure = await FetchAsync(fill, target, stopping);
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
            remove(fill);
            fill.Fail(failure);
            metrics.FillEnded(FillState.Failed, failure);
            FillLog.Failed(logger, target.Version.Bucket, fill.Id.Index, target.Region.Name, failure);
            return;
        }

        await StoreAsync(fill, target, remove, stopping);
    }

    private void EndQueued(ChunkFill fill)
    {
        fill.Fail(FillFailure.Unreachable);
        metrics.FillEnded(FillState.Abandoned, FillFailure.None);
    }

    private async Task<FillFailure> FetchAsync(ChunkFill fill, FillTarget target, CancellationToken stopping)
    {
        metrics.FillStarted(target.Region.Name);
        var failure = FillFailure.Unreachable;
        for (var attempt = 1; attempt <= options.MaxAttempts; attempt++)
        {
            try
            {
                failure = await AttemptAsync(fill, target, stopping);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                failure = FillFailure.Unreachable;
                metrics.FillStalled(target.Region.Name);
                FillLog.Stalled(logger, target.Version.Bucket, fill.Id.Index, target.Region.Name, fill.Available, attempt);
            }
            catch (OperationCanceledException)
            {
                return FillFailure.Unreachable;
            }

            if (failure != FillFailure.Unreachable || attempt == options.MaxAttempts)
            {
                break;
            }

            fill.Stall();
            if (attempt > 1)
            {
                await Task.Delay(RetryPause * (attempt - 1), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return failure;
    }

    /// <summary>One request for the bytes that are still missing.</summary>
    /// <exception cref="OperationCanceledException">Nothing came for the stall timeout, or the edge stops.</exception>
    private async Task<FillFailure> AttemptAsync(ChunkFill fill, FillTarget target, CancellationToken stopping)
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, stopping);
        var offset = ChunkGeometry.OffsetOf(fill.Id.Index) + fill.Available;
        using var reply = await sources.OpenAsync(target, offset, fill.Length - fill.Available, linked.Token);
        if (reply.Outcome != Upstream.RangeOutcome.Open)
        {
            return reply.Outcome switch
            {
                Upstream.RangeOutcome.VersionGone => FillFailure.VersionGone,
                Upstream.RangeOutcome.Refused => FillFailure.Refused,
                _ => FillFailure.Unreachable,
            };
        }

        try
        {
            while (fill.Available < fill.Length)
            {
                stall.CancelAfter(options.StallTimeout);
                var count = await reply.Body.ReadAsync(fill.Remaining, linked.Token);
                if (count == 0)
                {
                    return FillFailure.Unreachable;
                }

                metrics.FilledBytes(target.Region.Name, count);
                fill.Advance(count);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            FillLog.BrokenOff(logger, target.Version.Bucket, fill.Id.Index, target.Region.Name, fill.Available, e.Message);
            return FillFailure.Unreachable;
        }

        return FillFailure.None;
    }

    private async Task StoreAsync(ChunkFill fill, FillTarget target, Action<ChunkFill> remove, CancellationToken stopping)
    {
        // Not cancelled when the edge stops: the cache bounds its own waits, and refuses once it is closed.
        var stored = await store.AppendAsync(new Origination(target.Organization, fill.Reader, fill.IsShared), fill.Id, fill.Payload, CancellationToken.None);
        metrics.FillEnded(FillState.Complete, FillFailure.None);
        if (stored)
        {
            return;
        }

        metrics.FillNotStored();
        try
        {
            await fill.DesertedAsync().WaitAsync(Linger, time, stopping);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Whoever is slower than that fetches anew.
        }

        remove(fill);
    }
}
