using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Lifecycle;

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
    /// The bytes. Once the head is out, a failure can only be told by breaking the connection: the client then sees fewer bytes than
    /// Content-Length promised, never a short answer that looks whole.
    /// </summary>
    public async Task SendBodyAsync(EdgeRequest request, RangeReader reader)
    {
        var response = request.Http.Response;
        await response.StartAsync(request.Aborted);
        var writer = response.BodyWriter;
        try
        {
            while (reader.Remaining > 0)
            {
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
                    return;
                }

                request.BytesSent = reader.StoredBytes + reader.FilledBytes;
                if (reader.Remaining == 0 && !request.TryEnd())
                {
                    request.Http.Abort();
                    return;
                }

                var flushed = await writer.FlushAsync(request.Aborted);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    return;
                }
            }
        }
        finally
        {
            request.StoredBytes += reader.StoredBytes;
            request.FilledBytes += reader.FilledBytes;
        }
    }

    private static bool IsChecksumAsked(EdgeRequest request) =>
        string.Equals(request.Http.Request.Headers[ChecksumModeHeader], "ENABLED", StringComparison.OrdinalIgnoreCase);

    private static Action<string, string> Set(EdgeRequest request)
    {
        var headers = request.Http.Response.Headers;
        return (name, value) => headers[name] = value;
    }
}
