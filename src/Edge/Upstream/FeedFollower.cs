using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>
/// Follows one change feed for the life of the process: connects, applies frames in order, connects again after any failure, and keeps the
/// stream's checkpoint on disk.
/// </summary>
internal sealed class FeedFollower(
    ChangeStream stream, HttpClient http, string path, string checkpointPath, TimeProvider time, ILogger<FeedFollower> logger)
{
    /// <summary>The longest frame accepted, in bytes: 512 records of keys of 1,024 bytes with every byte escaped, with room to spare.</summary>
    public const int MaxFrameBytes = 8 << 20;

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A connection on which no frame arrives for this long is given up: several heartbeats are missing.</summary>
    private static readonly TimeSpan SilenceTimeout = 3 * FeedFrame.StaleAfter;

    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(5);

    private long _savedAt = time.GetTimestamp();

    /// <summary>Restores the checkpoint, if there is one. Before <see cref="RunAsync"/> and before any request.</summary>
    public void Restore()
    {
        if (StreamCheckpoint.TryLoad(checkpointPath) is { } checkpoint)
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
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or JsonException)
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

        SaveCheckpoint();
    }

    /// <summary>One connection, from the request to its end.</summary>
    /// <returns>Whether any frame arrived.</returns>
    private async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), silence, ConnectTimeout, Timeout.InfiniteTimeSpan);
        using var response = await http.GetAsync(
            $"{path}?epoch={Uri.EscapeDataString(stream.Epoch)}&after={stream.Position}", HttpCompletionOption.ResponseHeadersRead, silence.Token);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            UpstreamLog.FeedRefused(logger, stream.Name, (int)response.StatusCode);
            return false;
        }

        timer.Change(SilenceTimeout, Timeout.InfiniteTimeSpan);
        var reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(silence.Token));
        var heard = false;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(silence.Token);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    Apply(Parse(line));
                    heard = true;
                    timer.Change(SilenceTimeout, Timeout.InfiniteTimeSpan);
                }

                if (result.IsCompleted || buffer.Length > MaxFrameBytes)
                {
                    UpstreamLog.FeedEnded(logger, stream.Name);
                    return heard;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private void Apply(FeedFrame frame)
    {
        var (hadState, firstHeard) = (stream.HasState, !stream.IsLive);
        if (stream.Apply(frame) && hadState)
        {
            UpstreamLog.FeedReset(logger, stream.Name, frame.Position);
        }
        else if (firstHeard)
        {
            UpstreamLog.FeedLive(logger, stream.Name, frame.Position);
        }

        if (time.GetElapsedTime(_savedAt) >= CheckpointInterval)
        {
            SaveCheckpoint();
        }
    }

    private void SaveCheckpoint()
    {
        _savedAt = time.GetTimestamp();
        if (stream.HasState && !stream.Checkpoint().TrySave(checkpointPath))
        {
            UpstreamLog.CheckpointFailed(logger, stream.Name);
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out line, (byte)'\n'))
        {
            return false;
        }

        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private static FeedFrame Parse(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var frame = JsonSerializer.Deserialize(ref reader, InternalJson.Default.FeedFrame);
        return frame is { Epoch.Length: > 0, Records: not null } ? frame : throw new JsonException("A frame lacks its epoch or its records.");
    }
}
