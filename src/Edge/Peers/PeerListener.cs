using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Http;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// Serves the other edges, and nobody else: its name, and ranges of chunks, from the store or from a fill, as the bytes arrive. What is missing is fetched from the
/// region and never from a third edge.
/// </summary>
internal sealed class PeerListener(
    string self, PeerAuthentication authentication, RegionSet regions, RangeReaders readers, PeerMetrics metrics, TimeProvider time, ILogger<PeerListener> logger)
{
    /// <summary>The most requests for bytes that are served at a time; more are answered 503, and the peer asks the region.</summary>
    private const int MaxServed = 1024;

    private int _serving;

    /// <summary>Serves one request of the listener.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var signed = new HttpSignedRequest(context);
        var response = context.Response;
        if (!signed.TryGetHeader("authorization", out var authorization) ||
            authentication.Verify(authorization, time.GetUtcNow(), signed.Method, signed.RawTarget) is not { } peer)
        {
            PeerLog.Refused(logger, context.Connection.RemoteIpAddress);
            metrics.Served("refused", 0);
            response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        response.Headers[PeerAuthentication.ProofHeader] = authentication.Prove(authorization, self);
        if (signed.RawTarget == PeerRequest.HelloPath)
        {
            await response.WriteAsync(self, context.RequestAborted);
        }
        else if (!HttpMethods.IsGet(signed.Method) || signed.RawPath != PeerRequest.ChunkPath || !PeerRequest.TryParse(signed.RawQuery, out var wanted))
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
        }
        else if (!regions.TryGet(wanted.Region, out var region))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (Interlocked.Increment(ref _serving) > MaxServed)
        {
            Interlocked.Decrement(ref _serving);
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else
        {
            try
            {
                using var reader = readers.OpenForPeer(wanted.Target(region), new ByteRange(wanted.Offset, wanted.Length), (byte)Peer.SeedOf(peer));
                await SendAsync(context, reader);
            }
            finally
            {
                Interlocked.Decrement(ref _serving);
            }
        }
    }

    private async Task SendAsync(HttpContext context, RangeReader reader)
    {
        var writer = context.Response.BodyWriter;
        var (sent, end) = (0L, "left");
        Task? heartbeat = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            while (reader.Remaining > 0)
            {
                var wait = reader.WaitAsync(context.RequestAborted).AsTask();
                if (!wait.IsCompleted)
                {
                    if (sent == 0 && heartbeat is null)
                    {
                        // The head goes out at once: that is how the peer knows that this edge is alive.
                        await SendAsync(writer, PeerFrame.Alive, context.RequestAborted);
                    }

                    while (await Task.WhenAny(wait, heartbeat ??= Task.Delay(PeerTimes.Heartbeat, time, ended.Token)) != wait)
                    {
                        heartbeat = null;
                        await SendAsync(writer, PeerFrame.Alive, context.RequestAborted);
                    }
                }

                var (fault, available) = await wait;
                if (fault == ReadFault.None)
                {
                    var memory = writer.GetMemory(PeerFrame.HeaderSize + Math.Min(available, PeerFrame.MaxPayload));
                    var payload = memory.Slice(PeerFrame.HeaderSize, Math.Min(available, PeerFrame.MaxPayload));
                    (fault, var count) = await reader.ReadAsync(payload, context.RequestAborted);
                    if (fault == ReadFault.None)
                    {
                        PeerFrame.Of(payload.Span[..count]).Write(memory.Span);
                        writer.Advance(PeerFrame.HeaderSize + count);
                        sent += count;
                        await writer.FlushAsync(context.RequestAborted);
                        continue;
                    }
                }

                end = "fault";
                await SendAsync(writer, PeerFrame.Of(fault), context.RequestAborted);
                return;
            }

            end = "whole";
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The peer has left.
        }
        finally
        {
            await ended.CancelAsync();
            metrics.Served(end, sent);
        }
    }

    private static async Task SendAsync(System.IO.Pipelines.PipeWriter writer, PeerFrame frame, CancellationToken cancellationToken)
    {
        frame.Write(writer.GetSpan(PeerFrame.HeaderSize));
        writer.Advance(PeerFrame.HeaderSize);
        await writer.FlushAsync(cancellationToken);
    }
}
