using System.Net;
using System.Text.Json;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>
/// Follows one change feed for the life of the process: connects, applies frames in order, connects again after any failure, and keeps the
/// stream's checkpoint on disk. <see cref="FeedRenewal"/> replaces it where another would place frames better.
/// </summary>
internal sealed class FeedFollower(
    ChangeStream stream, HttpClient http, string path, CheckpointFile checkpoints, TimeProvider time, ILogger<FeedFollower> logger)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A connection on which no frame arrives for this long is given up: several heartbeats are missing.</summary>
    private static readonly TimeSpan SilenceTimeout = 3 * FeedFrame.StaleAfter;

    /// <summary>Restores the checkpoint, if there is one. Before <see cref="RunAsync"/> and before any request.</summary>
    public void Restore()
    {
        if (checkpoints.TryLoad() is { } checkpoint)
        {
            stream.Restore(checkpoint);
            UpstreamLog.FeedRestored(logger, stream.Name, checkpoint.Position);
        }
    }

    /// <summary>Follows the feed until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = FirstBackoff;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await FollowAsync(cancellationToken))
                {
                    backoff = FirstBackoff;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (IsBroken(e))
            {
                UpstreamLog.FeedBroken(logger, stream.Name, e.Message);
            }

            try
            {
                await Task.Delay(backoff, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            backoff = backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff;
        }

        await checkpoints.CloseAsync();
    }

    /// <summary>Whether this is how connections end.</summary>
    public static bool IsBroken(Exception e) =>
        e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException or JsonException;

    /// <summary>One connection, and those that replace it, to their end.</summary>
    /// <returns>Whether any frame arrived.</returns>
    private async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), silence, ConnectTimeout, Timeout.InfiniteTimeSpan);
        var connection = await OpenAsync(silence.Token);
        var renewal = new FeedRenewal(OpenAsync, time);
        var heard = false;
        try
        {
            while (connection is not null)
            {
                timer.Change(SilenceTimeout, Timeout.InfiniteTimeSpan);
                if (await connection.ReadAsync(silence.Token) is not var (frame, completeAt))
                {
                    UpstreamLog.FeedEnded(logger, stream.Name);
                    break;
                }

                Apply(frame, completeAt);
                heard = true;
                connection = renewal.Renew(connection, silence.Token);
            }
        }
        finally
        {
            connection?.Dispose();
            await silence.CancelAsync();
            await renewal.EndAsync();
        }

        return heard;
    }

    private async Task<FeedConnection?> OpenAsync(CancellationToken cancellationToken)
    {
        var (status, connection) = await FeedConnection.OpenAsync(http, path, stream.Epoch, stream.Position, time, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            UpstreamLog.FeedRefused(logger, stream.Name, (int)status);
        }

        return connection;
    }

    private void Apply(FeedFrame frame, long? completeAt)
    {
        var (hadState, wasLive) = (stream.HasState, stream.IsLive);
        if (stream.Apply(frame, completeAt) && hadState)
        {
            UpstreamLog.FeedReset(logger, stream.Name, frame.Position);
        }
        else if (!wasLive && stream.IsLive)
        {
            UpstreamLog.FeedLive(logger, stream.Name, frame.Position);
        }

        if (checkpoints.SaveIfDue())
        {
            UpstreamLog.CheckpointFailed(logger, stream.Name);
        }
    }
}
