using System.Text.Json;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Replication;

/// <summary>
/// Serves one subscriber of a change feed: frames of records as soon as they are committed, heartbeats in between, until the subscriber leaves
/// or the server stops. A subscriber that reads too slowly loses its connection by Kestrel's minimum data rate, so nothing queues here.
/// </summary>
/// <param name="source">The feed.</param>
/// <param name="askedAt">When the subscriber's request arrived, as a timestamp of <paramref name="time"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class FeedWriter(IChangeSource source, long askedAt, TimeProvider time)
{
    /// <summary>The most records in one frame.</summary>
    public const int MaxRecordsPerFrame = 512;

    public async Task RunAsync(string? epoch, long after, HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
        var position = after;
        var reset = epoch != source.Epoch || after < 0;
        var isDue = true;
        while (true)
        {
            // Taken before the look: what the look does not find was not committed by then.
            var now = (long)time.GetElapsedTime(askedAt).TotalMilliseconds;
            var batch = await source.ReadAsync(reset ? long.MaxValue : position, MaxRecordsPerFrame, cancellationToken);
            if (reset || batch.HistoryGone)
            {
                position = batch.Position;
                await WriteAsync(response, new FeedFrame(source.Epoch, position, Reset: true, []) { CompleteAt = now }, cancellationToken);
                reset = isDue = false;
            }
            else if (batch.Records.Count > 0)
            {
                position = batch.Records[^1].Sequence;
                await WriteAsync(
                    response,
                    new FeedFrame(source.Epoch, position, Reset: false, batch.Records) { CompleteAt = batch.Records.Count < MaxRecordsPerFrame ? now : null },
                    cancellationToken);
                isDue = false;
            }
            else if (isDue)
            {
                await WriteAsync(response, new FeedFrame(source.Epoch, position, Reset: false, []) { CompleteAt = now }, cancellationToken);
                isDue = false;
            }
            else
            {
                isDue = !await WaitAsync(position, cancellationToken);
            }
        }
    }

    private static async Task WriteAsync(HttpResponse response, FeedFrame frame, CancellationToken cancellationToken)
    {
        await using (var writer = new Utf8JsonWriter(response.BodyWriter))
        {
            JsonSerializer.Serialize(writer, frame, InternalJson.Default.FeedFrame);
        }

        response.BodyWriter.GetSpan(1)[0] = (byte)'\n';
        response.BodyWriter.Advance(1);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Waits for a change; false when a heartbeat is due first.</summary>
    private async Task<bool> WaitAsync(long position, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var change = source.WaitBeyondAsync(position, waiting.Token);
        if (change.IsCompletedSuccessfully)
        {
            return true;
        }

        var heartbeat = Task.Delay(FeedFrame.HeartbeatInterval, time, waiting.Token);
        var done = await Task.WhenAny(change, heartbeat);
        cancellationToken.ThrowIfCancellationRequested();
        await waiting.CancelAsync();
        return done == change;
    }
}
