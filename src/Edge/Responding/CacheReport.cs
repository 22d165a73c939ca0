using System.Globalization;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.Http;

namespace EdgeCache.Edge.Responding;

/// <summary>Tells on every answer how the cache served it: Cache-Status (RFC 9211) and its short form, x-cache.</summary>
internal sealed class CacheReport(string edgeName)
{
    private const string StatusHeader = "Cache-Status";
    private const string ShortHeader = "x-cache";

    private readonly CacheStatus _status = new(edgeName);

    /// <summary>Sets both headers, as the request stands now.</summary>
    public void Write(EdgeRequest request)
    {
        var headers = request.Http.Response.Headers;
        headers[StatusHeader] = Status(request);
        headers[ShortHeader] = Short(request.Outcome);
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

    private string Status(EdgeRequest request) => request.Outcome switch
    {
        CacheOutcome.Hit => _status.Hit(),
        CacheOutcome.Revalidated => _status.Hit(detail: $"revalidated:{Name(request.Reason)}"),
        CacheOutcome.Stale => _status.Hit(ttl: -(long)Math.Ceiling(request.Staleness.TotalSeconds), detail: "origin-unreachable"),
        CacheOutcome.Miss => _status.Forwarded(ForwardReason.UriMiss, stored: true, detail: Name(request.Reason)),
        CacheOutcome.Joined => _status.Forwarded(ForwardReason.UriMiss, stored: true, collapsed: true, detail: Name(request.Reason)),
        CacheOutcome.Partial => _status.Forwarded(ForwardReason.Partial, stored: true, detail: Name(request.Reason)),
        CacheOutcome.NotAnObjectRead => _status.Forwarded(
            HttpMethods.IsGet(request.Http.Request.Method) || HttpMethods.IsHead(request.Http.Request.Method) ? ForwardReason.Bypass : ForwardReason.Method,
            detail: request.S3?.Operation.ToString()),
        CacheOutcome.CustomerKey => _status.Forwarded(ForwardReason.Bypass, detail: "customer-key"),
        CacheOutcome.None => _status.Neither(string.Create(CultureInfo.InvariantCulture, $"ended-in-{request.Phase}").ToLowerInvariant()),
    };

    private static string Short(CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.Hit or CacheOutcome.Revalidated => "HIT",
        CacheOutcome.Stale => "STALE",
        CacheOutcome.Miss or CacheOutcome.Joined => "MISS",
        CacheOutcome.Partial => "PARTIAL",
        CacheOutcome.NotAnObjectRead or CacheOutcome.CustomerKey => "BYPASS",
        CacheOutcome.None => "NONE",
    };
}
