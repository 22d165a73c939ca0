using System.Globalization;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.Http;

namespace EdgeCache.Edge.Responding;

/// <summary>Tells on every answer how the cache served it: Cache-Status (RFC 9211) and its short form, x-cache.</summary>
internal sealed class CacheReport(string edgeName)
{
    private const string StatusHeader = "Cache-Status";
    private const string ShortHeader = "x-cache";
    private const string Unreachable = "origin-unreachable";

    private readonly CacheStatus _status = new(edgeName);

    /// <summary>Sets both headers, as the request stands now.</summary>
    public void Write(EdgeRequest request)
    {
        var headers = request.Http.Response.Headers;
        headers[StatusHeader] = Status(request);
        headers[ShortHeader] = Short(request);
    }

    /// <summary>The reason as metrics and Cache-Status have it.</summary>
    public static string Name(CacheReason reason) => reason switch
    {
        CacheReason.None => "none",
        CacheReason.Cold => "cold",
        CacheReason.Evicted => "evicted",
        CacheReason.NotAdmitted => "not-admitted",
        CacheReason.Invalidated => "invalidated",
        CacheReason.FeedSilent => "feed-silent",
        CacheReason.Strong => "strong",
    };

    private string Status(EdgeRequest request)
    {
        // Whatever else is to be told, an answer that may be out of date says so.
        long? ttl = request.Staleness is { } staleness ? -Math.Max(1, (long)Math.Ceiling(staleness.TotalSeconds)) : null;
        var stale = ttl is null ? null : Unreachable;
        return request.Outcome switch
        {
            CacheOutcome.Hit or CacheOutcome.Stale => _status.Hit(ttl, stale),
            CacheOutcome.Revalidated => _status.Hit(detail: $"revalidated:{Name(request.Reason)}"),
            CacheOutcome.Miss => _status.Forwarded(ForwardReason.UriMiss, stored: request.Peer is null, ttl: ttl, detail: stale ?? WhyForwarded(request)),
            CacheOutcome.Joined => _status.Forwarded(ForwardReason.UriMiss, stored: request.Peer is null, collapsed: true, ttl: ttl, detail: stale ?? WhyForwarded(request)),
            CacheOutcome.Partial => _status.Forwarded(ForwardReason.Partial, stored: request.Peer is null, ttl: ttl, detail: stale ?? WhyForwarded(request)),
            CacheOutcome.NotAnObjectRead => _status.Forwarded(
                HttpMethods.IsGet(request.Http.Request.Method) || HttpMethods.IsHead(request.Http.Request.Method) ? ForwardReason.Bypass : ForwardReason.Method,
                detail: request.S3?.Operation.ToString()),
            CacheOutcome.CustomerKey => _status.Forwarded(ForwardReason.Bypass, detail: "customer-key"),
            CacheOutcome.Suspended => _status.Forwarded(ForwardReason.Bypass, detail: "acceleration-suspended"),
            CacheOutcome.None when stale is not null => _status.Hit(ttl, stale),
            CacheOutcome.None => _status.Neither(string.Create(CultureInfo.InvariantCulture, $"ended-in-{request.Phase}").ToLowerInvariant()),
        };
    }

    /// <summary>The reason of a miss, and the edge that had the bytes, if one had: it stores them then, and this one may not.</summary>
    private static string WhyForwarded(EdgeRequest request) => request.Peer is { } peer ? $"{Name(request.Reason)}/peer:{peer}" : Name(request.Reason);

    private static string Short(EdgeRequest request) => request.Staleness is not null ? "STALE" : request.Outcome switch
    {
        CacheOutcome.Hit or CacheOutcome.Revalidated => "HIT",
        CacheOutcome.Stale => "STALE",
        CacheOutcome.Miss or CacheOutcome.Joined => "MISS",
        CacheOutcome.Partial => "PARTIAL",
        CacheOutcome.NotAnObjectRead or CacheOutcome.CustomerKey or CacheOutcome.Suspended => "BYPASS",
        CacheOutcome.None => "NONE",
    };
}
