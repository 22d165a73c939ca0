using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace EdgeCache.Origin.Pipeline;

/// <summary>The origin's instruments.</summary>
internal sealed class OriginMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "EdgeCache.Origin";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly UpDownCounter<long> _subscribers;

    public OriginMetrics(IMeterFactory factory, Func<long> feedPosition)
    {
        var meter = factory.Create(MeterName);
        _requests = meter.CreateCounter<long>("edgecache.origin.requests", "{request}", "S3 requests answered.");
        _duration = meter.CreateHistogram<double>("edgecache.origin.request.duration", "s", "Time from a request's head to the end of its answer.");
        _received = meter.CreateCounter<long>("edgecache.origin.bytes.received", "By", "Bytes of objects received.");
        _sent = meter.CreateCounter<long>("edgecache.origin.bytes.sent", "By", "Bytes of objects sent.");
        _subscribers = meter.CreateUpDownCounter<long>("edgecache.origin.feed.subscribers", "{subscriber}", "Subscribers of the change feed.");
        meter.CreateObservableGauge("edgecache.origin.feed.position", feedPosition, "{change}", "The newest position of the region's change feed.");
    }

    public void Count(S3Exchange exchange, TimeSpan elapsed)
    {
        if (_requests.Enabled || _duration.Enabled || _received.Enabled || _sent.Enabled)
        {
            Record(exchange, elapsed);
        }
    }

    public void SubscriberCame() => _subscribers.Add(1);

    public void SubscriberLeft() => _subscribers.Add(-1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Record(S3Exchange exchange, TimeSpan elapsed)
    {
        var operation = new KeyValuePair<string, object?>("operation", exchange.OperationName);
        var caller = new KeyValuePair<string, object?>("caller", exchange.FromEdge ? "edge" : "client");
        var tags = new TagList
        {
            operation,
            caller,
            { "status", exchange.Response.StatusCode },
            { "outcome", exchange.Outcome.ToString() },
        };
        _requests.Add(1, tags);
        _duration.Record(elapsed.TotalSeconds, operation, caller);
        if (exchange.BytesReceived > 0)
        {
            _received.Add(exchange.BytesReceived, operation, caller);
        }

        if (exchange.BytesSent > 0)
        {
            _sent.Add(exchange.BytesSent, operation, caller);
        }
    }
}
