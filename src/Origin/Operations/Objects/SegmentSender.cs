using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.S3;
using EdgeCache.Transport;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// Sends a range of an object from its blobs: as regions of their files where the connection can, else by positional reads straight into the
/// response's buffer, flushed piece by piece, so memory is bounded by one piece. The first blob is opened before the head is sent, so that a missing one is still an error and not a broken body.
/// </summary>
internal static class SegmentSender
{
    public static async Task<S3Error?> SendAsync(OperationContext context, ImmutableArray<BlobSegment> segments, CustomerKey? key, long offset, long length)
    {
        using var hold = segments.Length > 1 ? context.Services.Blobs.Holds.Enter() : null;
        var (started, total) = (false, length);
        foreach (var segment in segments)
        {
            if (offset >= segment.PlainLength)
            {
                offset -= segment.PlainLength;
                continue;
            }

            var opened = context.Services.Segments.OpenRead(segment, key);
            if (!opened.Succeeded)
            {
                return started ? Truncate(context, $"blob {segment.Blob} can't be opened") : opened.Error;
            }

            using var blob = opened.Value;
            context.Exchange.Phase = RequestPhase.Respond;
            started = true;
            var count = Math.Min(length, segment.PlainLength - offset);
            if (!await SendBlobAsync(context, blob, offset, count, total))
            {
                return Truncate(context, $"blob {segment.Blob} is short or unreadable");
            }

            length -= count;
            offset = 0;
            if (length == 0)
            {
                return null;
            }
        }

        return started ? Truncate(context, "the blobs are shorter than the object") : S3ErrorCode.InternalError;
    }

    /// <summary>Sends a stretch of a blob; false when it can't be read to its end, or may not be sent to its end.</summary>
    private static async Task<bool> SendBlobAsync(OperationContext context, SegmentReader blob, long offset, long count, long total)
    {
        await context.Response.StartAsync(context.Aborted);
        var sender = blob.File is not null && count > FileRegions.Threshold ? FileRegions.SenderOf(context.Exchange.Context) : null;
        while (count > 0)
        {
            var piece = sender is null ? await CopyAsync(context, blob, offset, count) : (int)Math.Min(count, FileRegions.MaxLength);
            if (piece == 0)
            {
                return false;
            }

            var at = offset;
            offset += piece;
            count -= piece;
            context.Exchange.BytesSent += piece;
            if (context.Exchange.BytesSent == total && !context.Exchange.TryEnd())
            {
                return false;
            }

            var writer = context.Response.BodyWriter;
            var isSent = sender is null
                ? !(await writer.FlushAsync(context.Aborted)).IsCompleted
                : await sender.SendAsync(writer, blob.File!, at, piece, broken: null, context.Aborted);
            if (sender is { Fault: not FileRegionFault.None })
            {
                return false;
            }

            if (!isSent)
            {
                throw new OperationCanceledException("The client closed the connection.", context.Aborted);
            }
        }

        return true;
    }

    /// <summary>Reads the next bytes into the response's buffer; 0 when they can't be read.</summary>
    private static async ValueTask<int> CopyAsync(OperationContext context, SegmentReader blob, long offset, long count)
    {
        var writer = context.Response.BodyWriter;
        var buffer = writer.GetMemory((int)Math.Min(count, UploadLimits.PieceSize));
        try
        {
            var read = await blob.ReadAsync(buffer[..(int)Math.Min(count, buffer.Length)], offset, context.Aborted);
            writer.Advance(read);
            return read;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The head promised more than can be sent: the connection is cut, so that nobody takes the short body for the object.</summary>
    private static S3Error? Truncate(OperationContext context, string reason)
    {
        var exchange = context.Exchange;
        exchange.Outcome = RequestOutcome.Truncated;
        context.Services.Loggers.CreateLogger(typeof(SegmentSender).FullName!)
            .Truncated(exchange.OperationName, context.Request.Resource, exchange.BytesSent, reason, exchange.RequestId);
        exchange.Context.Abort();
        return null;
    }
}
