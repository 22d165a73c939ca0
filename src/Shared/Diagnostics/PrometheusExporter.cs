using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>
/// Aggregates the instruments of named meters and writes them in the Prometheus text format. Recording takes no lock and, but for the first time a
/// label set is seen, no memory.
/// </summary>
public sealed class PrometheusExporter : IDisposable
{
    /// <summary>The value of <c>Content-Type</c> for what <see cref="WriteAsync"/> writes.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>How many label sets a metric may have; further ones share a series labelled <c>overflow="true"</c>.</summary>
    public const int MaxSeriesPerMetric = 1000;

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MetricFamily _failures = new(
        "edgecache_metrics_observation_failures_total", "Expositions in which an observable instrument failed.", MetricKind.Counter, false, false, null);

    private readonly MeterListener _listener = new();
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly HashSet<string> _meterNames;
    private readonly object? _scope;

    /// <summary>Begins to aggregate all meters of these names, whoever created them.</summary>
    public PrometheusExporter(params string[] meterNames)
        : this(scope: null, meterNames)
    {
    }

    private PrometheusExporter(object? scope, string[] meterNames)
    {
        _scope = scope;
        _meterNames = new HashSet<string>(meterNames, StringComparer.Ordinal);
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => ((MetricFamily)family!).Record((double)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => ((MetricFamily)family!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>
    /// Begins to aggregate the meters of these names that were created in <paramref name="scope"/>, which for meters from an <c>IMeterFactory</c> is
    /// that factory: servers that share a process each expose only their own.
    /// </summary>
    public static PrometheusExporter ForScope(object scope, params string[] meterNames)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new PrometheusExporter(scope, meterNames);
    }

    /// <summary>Observes the observable instruments and writes all metrics, ordered by name.</summary>
    public async Task WriteAsync(Stream destination, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            Observe();
            var writer = new PrometheusTextWriter();
            foreach (var family in _families.Values.Append(_failures).OrderBy(static family => family.Name, StringComparer.Ordinal))
            {
                writer.Write(family);
                await destination.WriteAsync(writer.Written, cancellationToken);
                writer.Clear();
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stops aggregating.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        _oneAtATime.Dispose();
    }

    private void Observe()
    {
        foreach (var family in _families.Values.Where(static family => family.IsObserved))
        {
            family.Clear();
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // Thrown after all instruments were asked: the others have reported, and one that fails must not hide them.
            _failures.Record(1, []);
        }
    }

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (!_meterNames.Contains(instrument.Meter.Name) || (_scope is not null && !ReferenceEquals(_scope, instrument.Meter.Scope)) ||
            KindOf(instrument) is not { } kind)
        {
            return;
        }

        var name = PrometheusNames.Metric(instrument.Name, instrument.Unit, kind);
        var family = _families.GetOrAdd(name, Create, (instrument, kind));

        // A name may stand for one type only. An instrument that wants it for another is left out, which a scrape shows at once.
        if (family.Kind == kind && family.IsObserved == instrument.IsObservable)
        {
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private static MetricFamily Create(string name, (Instrument Instrument, MetricKind Kind) of) => new(
        name,
        of.Instrument.Description,
        of.Kind,
        isSet: TypeOf(of.Instrument) == typeof(Gauge<>),
        of.Instrument.IsObservable,
        of.Kind == MetricKind.Histogram ? HistogramBounds.For(of.Instrument) : null);

    private static MetricKind? KindOf(Instrument instrument)
    {
        var type = TypeOf(instrument);
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>))
        {
            return MetricKind.Counter;
        }

        if (type == typeof(UpDownCounter<>) || type == typeof(ObservableUpDownCounter<>) || type == typeof(Gauge<>) || type == typeof(ObservableGauge<>))
        {
            return MetricKind.Gauge;
        }

        return type == typeof(Histogram<>) ? MetricKind.Histogram : null;
    }

    private static Type? TypeOf(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : null;
}
