using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Lifecycle;
using EdgeCache.Transport;

namespace EdgeCache.Edge.Responding;

/// <summary>Sends an object, or what describes it, with the status and headers that the origin would send.</summary>
internal sealed class ObjectResponder(CacheReport report, TimeProvider time, ILogger<ObjectResponder> logger)
{
    /// <summary>
    /// The most bytes read and sent at a time: four checksum blocks. It bounds the memory of a connection; larger pieces measured no faster
    /// with Kestrel's own writer.
    /// </summary>
    private const int PieceSize = 256 << 10;

    private const string ChecksumModeHeader = "x-amz-checksum-mode";

    /// <summary>A client that takes longer than this for a region of 2 MiB is slow.</summary>
    private static readonly TimeSpan SlowPiece = TimeSpan.FromSeconds(2);

    /// <summary>Status and headers of a 200, 206 or 304; a HEAD or an empty body ends with them.</summary>
    public void SendHead(EdgeRequest request, AuthorisedRead read, in ObjectReadPlan plan, ResponseOverrides overrides)
    {
        var response = request.Http.Response;
        response.StatusCode = plan.Status;
        S3ObjectHeaders.Write(read.Version, plan, Set(request), IsChecksumAsked(request));
        if (plan.Status is StatusCodes.Status200OK or StatusCodes.Status206PartialContent)
        {
            if (LifecycleSchedule.Describe(read.Lifecycle, read.Version) is { } expiration)
            {
                response.Headers[LifecycleSchedule.Header] = expiration;
            }

            overrides.Apply(Set(request));
            response.ContentLength = plan.Length;
        }

        report.Write(request);
        request.FirstByteAt = time.GetTimestamp();
    }

    /// <summary>The headers of a refusal that tell of the version: a delete marker's, or an unsatisfiable range's size.</summary>
    public static void DescribeRefusal(EdgeRequest request, AuthorisedRead read, in ObjectReadPlan plan) =>
        S3ObjectHeaders.Write(read.Version, plan, Set(request), checksumMode: false);

    /// <summary>
    /// The bytes: those that are stored straight from their files if the connection can, others by copy. Once the head is out, a failure can only be
    /// told by breaking the connection: the client then sees fewer bytes than Content-Length promised, never a short answer that looks whole.
    /// </summary>
    public async Task SendBodyAsync(EdgeRequest request, RangeReader reader)
    {
        await request.Http.Response.StartAsync(request.Aborted);
        var sender = FileRegions.SenderOf(request.Http);
        try
        {
            while (reader.Remaining > 0)
            {
                var sentAt = time.GetTimestamp();
                if (!await (sender is null ? CopyAsync(request, reader) : SendAsync(request, reader, sender)))
                {
                    return;
                }

                // A region holds its file open until it is sent: slow clients get copies, which hold nothing.
                if (sender is not null && time.GetElapsedTime(sentAt) > SlowPiece)
                {
                    sender = null;
                }
            }
        }
        finally
        {
            request.StoredBytes += reader.StoredBytes;
            request.FilledBytes += reader.FilledBytes;
        }
    }

    private async ValueTask<bool> SendAsync(EdgeRequest request, RangeReader reader, IFileRegionSender sender)
    {
        using var region = await reader.OpenStoredAsync(FileRegions.MaxLength, request.Aborted);
        if (region is null)
        {
            return await CopyAsync(request, reader);
        }

        reader.Take(region.Length);
        if (!MayGoOn(request, reader))
        {
            return false;
        }

        var body = request.Http.Response.BodyWriter;
        var isSent = await sender.SendAsync(body, region.File, region.Offset, region.Length, region.Renounce, request.Aborted);
        if (sender.Fault is var fault and not FileRegionFault.None)
        {
            RespondingLog.FileFailed(logger, request.Id, fault, reader.Remaining);
        }

        return isSent;
    }

    private async ValueTask<bool> CopyAsync(EdgeRequest request, RangeReader reader)
    {
        var writer = request.Http.Response.BodyWriter;
        var (fault, available) = await reader.WaitAsync(request.Aborted);
        if (fault == ReadFault.None)
        {
            var size = Math.Min(available, PieceSize);
            (fault, var count) = await reader.ReadAsync(writer.GetMemory(size)[..size], request.Aborted);
            writer.Advance(count);
        }

        if (fault != ReadFault.None)
        {
            RespondingLog.BrokenOff(logger, request.Id, fault, reader.Remaining);
            request.Http.Abort();
            return false;
        }

        if (!MayGoOn(request, reader))
        {
            return false;
        }

        var flushed = await writer.FlushAsync(request.Aborted);
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    /// <summary>Counts what is about to be sent; false when it may not be since it is the last of it.</summary>
    private static bool MayGoOn(EdgeRequest request, RangeReader reader)
    {
        request.BytesSent = reader.StoredBytes + reader.FilledBytes;
        if (reader.Remaining > 0 || request.TryEnd())
        {
            return true;
        }

        request.Http.Abort();
        return false;
    }

    private static bool IsChecksumAsked(EdgeRequest request) =>
        string.Equals(request.Http.Request.Headers[ChecksumModeHeader], "ENABLED", StringComparison.OrdinalIgnoreCase);

    private static Action<string, string> Set(EdgeRequest request)
    {
        var headers = request.Http.Response.Headers;
        return (name, value) => headers[name] = value;
    }
}
