using System.Buffers.Text;
using EdgeCache.Edge.Responding;

namespace EdgeCache.Edge.Pipeline.AccessLogging;

/// <summary>
/// Puts requests into the access log. A line never has the query, whose parameters may be a signature that still counts, and it names an access key only
/// if its holder was proven to have sent the request.
/// </summary>
internal sealed class RequestLines(AccessLog log, TimeProvider time)
{
    /// <summary>The properties that have a text from outside, and room for all others.</summary>
    private const int MaxLine = (12 * JsonLine.MaxValue) + 1024;

    private const int TimeLength = 24;
    private const int SecondLength = 19;

    [ThreadStatic]
    private static byte[]? s_line;

    [ThreadStatic]
    private static byte[]? s_time;

    [ThreadStatic]
    private static long s_second;

    /// <summary>Logs a request that has ended.</summary>
    /// <param name="request">The request.</param>
    /// <param name="status">What was answered.</param>
    public void Ended(EdgeRequest request, int status)
    {
        var http = request.Http;
        var line = new JsonLine(s_line ??= new byte[MaxLine]);
        line.AddPlain("time"u8, Now());
        line.Add("id"u8, request.Id);
        line.Add("client"u8, http.Connection.RemoteIpAddress?.ToString());
        line.Add("method"u8, http.Request.Method);
        line.Add("host"u8, http.Request.Host.Value);
        if (request.S3 is { } s3)
        {
            line.Add("operation"u8, s3.Operation.ToString());
            line.Add("bucket"u8, s3.Bucket);
            line.Add("key"u8, s3.Key);
            line.Add("version"u8, s3.Query.Get("versionId"));
        }
        else
        {
            line.Add("path"u8, request.Signed.RawPath);
        }

        line.Add("range"u8, http.Request.Headers.Range.Count > 0 ? http.Request.Headers.Range.ToString() : null);
        line.Add("status"u8, status);
        line.Add("error"u8, request.Error?.Code.ToString());
        if (http.RequestAborted.IsCancellationRequested)
        {
            line.AddTrue("aborted"u8);
        }

        line.Add("bytes"u8, request.BytesSent);
        line.Add("outcome"u8, EdgeMetrics.Name(request.Outcome));
        line.Add("reason"u8, request.Reason == CacheReason.None ? null : CacheReport.Name(request.Reason));
        line.Add("peer"u8, request.Peer);
        line.Add("region"u8, request.Region);
        line.Add("accessKey"u8, request.Caller?.Claim?.AccessKeyId);
        line.Add("principal"u8, request.Caller is { IsAnonymous: false } caller ? caller.Principal.Name : null);
        if (request.FirstByteAt is { } firstByte)
        {
            line.Add("firstByteMicros"u8, Micros(time.GetElapsedTime(request.StartedAt, firstByte)));
        }

        line.Add("micros"u8, Micros(time.GetElapsedTime(request.StartedAt)));
        line.Add("agent"u8, http.Request.Headers.UserAgent.Count > 0 ? http.Request.Headers.UserAgent.ToString() : null);
        log.Append(line.End());
    }

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    // 2026-11-22T14:07:31.250Z. All of it but the milliseconds is formatted once a second on each thread.
    private ReadOnlySpan<byte> Now()
    {
        var now = time.GetUtcNow();
        var second = now.UtcTicks / TimeSpan.TicksPerSecond;
        if (s_time is not { } text || second != s_second)
        {
            text = s_time = new byte[TimeLength];
            now.UtcDateTime.TryFormat(text, out _, "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
            s_second = second;
            return text;
        }

        var millisecond = (int)(now.UtcTicks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMillisecond);
        Utf8Formatter.TryFormat(millisecond, text.AsSpan(SecondLength + 1), out _, new System.Buffers.StandardFormat('D', 3));
        return text;
    }
}
