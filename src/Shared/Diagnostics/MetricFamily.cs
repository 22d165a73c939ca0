using System.Collections.Concurrent;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>
/// All series of one metric name. Instruments of equal name, as several instances of a meter have, share a family and add up. The number of series
/// is bounded: measurements with further label sets go to one series labelled <c>overflow="true"</c>.
/// </summary>
internal sealed class MetricFamily
{
    private readonly ConcurrentDictionary<Tag[], MetricSeries> _series = new(TagComparer.Instance);
    private readonly ConcurrentDictionary<Tag[], MetricSeries>.AlternateLookup<ReadOnlySpan<Tag>> _lookup;
    private readonly Lock _growth = new();
    private readonly bool _isSet;
    private volatile MetricSeries? _overflow;

    /// <param name="name">The metric's name as exposed.</param>
    /// <param name="help">What it counts; null for no HELP line.</param>
    /// <param name="kind">Its type.</param>
    /// <param name="isSet">Whether a measurement replaces the value rather than adds to it.</param>
    /// <param name="isObserved">Whether measurements are made anew for each exposition.</param>
    /// <param name="bounds">A histogram's upper bounds; null for other kinds.</param>
    public MetricFamily(string name, string? help, MetricKind kind, bool isSet, bool isObserved, double[]? bounds)
    {
        (Name, Help, Kind, _isSet, IsObserved, Bounds) = (name, help, kind, isSet, isObserved, bounds);
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<Tag>>();
    }

    public string Name { get; }

    public string? Help { get; }

    public MetricKind Kind { get; }

    public bool IsObserved { get; }

    public double[]? Bounds { get; }

    /// <summary>The series at this moment, the overflow one last.</summary>
    public IEnumerable<MetricSeries> Series => _overflow is { } overflow ? _series.Values.Append(overflow) : _series.Values;

    public void Record(long value, ReadOnlySpan<Tag> tags)
    {
        var series = Find(tags);
        if (Kind == MetricKind.Histogram)
        {
            series.Observe(value);
        }
        else if (_isSet)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    public void Record(double value, ReadOnlySpan<Tag> tags)
    {
        var series = Find(tags);
        if (Kind == MetricKind.Histogram)
        {
            series.Observe(value);
        }
        else if (_isSet)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    /// <summary>Forgets all series, before observable instruments report again: what they no longer report is gone.</summary>
    public void Clear()
    {
        lock (_growth)
        {
            _series.Clear();
            _overflow = null;
        }
    }

    private MetricSeries Find(ReadOnlySpan<Tag> tags) =>
        _lookup.TryGetValue(tags, out var series) ? series : _overflow ?? Add(tags);

    private MetricSeries Add(ReadOnlySpan<Tag> tags)
    {
        lock (_growth)
        {
            if (_lookup.TryGetValue(tags, out var series))
            {
                return series;
            }

            if (_series.Count >= PrometheusExporter.MaxSeriesPerMetric)
            {
                return _overflow ??= new MetricSeries("overflow=\"true\"", Bounds);
            }

            series = new MetricSeries(PrometheusNames.Labels(tags), Bounds);
            _lookup[tags] = series;
            return series;
        }
    }
}
