using System.Diagnostics.Metrics;
using EdgeCache.Origin.Pipeline;

namespace EdgeCache.Origin.Maintenance.Lifecycle;

/// <summary>The instruments of lifecycle rules.</summary>
internal sealed class LifecycleMetrics
{
    private readonly Counter<long> _actions;
    private readonly Counter<long> _versions;
    private readonly Histogram<double> _duration;

    public LifecycleMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(OriginMetrics.MeterName);
        _actions = meter.CreateCounter<long>("edgecache.origin.lifecycle.actions", "{action}", "What lifecycle rules did, by kind; skipped: what had changed or is locked.");
        _versions = meter.CreateCounter<long>("edgecache.origin.lifecycle.versions", "{version}", "Versions that lifecycle rules were held against.");
        _duration = meter.CreateHistogram<double>("edgecache.origin.lifecycle.pass.duration", "s", "Time of a pass over all buckets with lifecycle rules.");
    }

    public void Seen(int versions) => _versions.Add(versions);

    public void Did(string action, int count = 1) => _actions.Add(count, new KeyValuePair<string, object?>("action", action));

    public void PassEnded(TimeSpan elapsed) => _duration.Record(elapsed.TotalSeconds);
}
