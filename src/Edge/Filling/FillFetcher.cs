using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// Gets a fill's bytes, from the first to the last: from the source with several attempts; and, for a whole chunk of which there are blocks already, those
/// from where they are, so that no byte is fetched twice.
/// </summary>
internal sealed class FillFetcher(
    ChunkCache store, ChunkSources sources, FillOptions options, TimeProvider time, EdgeMetrics metrics, ILogger<FillFetcher> logger)
{
    /// <summary>The second attempt follows at once, since most connections break for reasons of their own; the third waits for this long, the next ones in proportion.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets all bytes, or tells why not.</summary>
    /// <param name="fill">A fill that has begun.</param>
    /// <param name="target">What it is of.</param>
    /// <param name="runs">Fills under way of the same chunk, with a place in each.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task<FillFailure> FetchAsync(ChunkFill fill, FillTarget target, IReadOnlyList<ChunkFill> runs, CancellationToken stopping)
    {
        var present = new PresentBlocks(store, fill, runs);
        var attempt = 0;
        while (fill.Available < fill.Length)
        {
            if (await present.TakeAsync(stopping))
            {
                continue;
            }

            attempt++;
            var failure = await TryAsync(fill, target, present.Gap(), attempt, stopping);
            if (failure == FillFailure.Unreachable && attempt < options.MaxAttempts && !stopping.IsCancellationRequested)
            {
                fill.Stall();
                if (attempt > 1)
                {
                    await Task.Delay(RetryPause * (attempt - 1), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            else if (failure != FillFailure.None)
            {
                return failure;
            }
            else
            {
                attempt = 0;
            }
        }

        return FillFailure.None;
    }

    private async Task<FillFailure> TryAsync(ChunkFill fill, FillTarget target, int count, int attempt, CancellationToken stopping)
    {
        try
        {
            // The last attempt is the region's: however ill the peers are, what the region can give is given.
            return await AskAsync(fill, attempt < options.MaxAttempts ? target : target with { RegionOnly = true }, count, stopping);
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
            {
                metrics.FillStalled(target.Region.Name);
                FillLog.Stalled(logger, target.Version.Bucket, fill.Id.Index, target.Region.Name, fill.Available, attempt);
            }

            return FillFailure.Unreachable;
        }
    }

    /// <summary>One request for the next bytes.</summary>
    /// <exception cref="OperationCanceledException">Nothing came for the stall timeout, or the edge stops.</exception>
    private async Task<FillFailure> AskAsync(ChunkFill fill, FillTarget target, int count, CancellationToken stopping)
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, stopping);
        var offset = ChunkGeometry.OffsetOf(fill.Id.Index) + fill.Extent.Start + fill.Available;
        using var reply = await FirstAsync(fill, target, linked.Token) ?? await sources.OpenAsync(target, offset, count, fill.Peer, linked.Token);
        fill.Peer = reply.Peer;
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
            for (var end = fill.Available + Math.Min(count, reply.Length); fill.Available < end;)
            {
                stall.CancelAfter(options.StallTimeout);
                var read = await reply.Body.ReadAsync(fill.Remaining[..(end - fill.Available)], linked.Token);
                if (read == 0)
                {
                    return FillFailure.Unreachable;
                }

                sources.Received(reply, target, read);
                fill.Advance(read);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            FillLog.BrokenOff(logger, target.Version.Bucket, fill.Id.Index, target.Region.Name, fill.Available, e.Message);
            return FillFailure.Unreachable;
        }

        return FillFailure.None;
    }

    private static ValueTask<Upstream.RangeReply?> FirstAsync(ChunkFill fill, FillTarget target, CancellationToken cancellationToken) =>
        fill.Headstart is { } headstart && fill.Available == 0 ? headstart.TakeAsync(target.Version.Generation, cancellationToken) : default;
}
