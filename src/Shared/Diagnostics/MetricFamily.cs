using System.Collections.Concurrent;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>
/// All series of one metric name. Instruments of equal name, as several instances of a meter have, share a family and add up. The number of series
/// is bounded: measurements with further label sets go to one series labelled <c>overflow="true"</c>.
/// </summary>
internal sealed class MetricFamily
{
    private const int MaxKnown = 16;

    private readonly ConcurrentDictionary<Tag[], MetricSeries> _series = new(TagComparer.Instance);
    private readonly ConcurrentDictionary<Tag[], MetricSeries>.AlternateLookup<ReadOnlySpan<Tag>> _lookup;
    private readonly Lock _growth = new();

    // The label sets that came first, which on a hot path are those that always come. Their texts are mostly constants, so that comparing references finds them
    // in a tenth of the time that hashing all of them takes.
    private volatile Known[] _known = [];
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
            _known = [];
            _overflow = null;
        }
    }

    private MetricSeries Find(ReadOnlySpan<Tag> tags)
    {
        var known = _known;
        foreach (ref readonly var candidate in known.AsSpan())
        {
            if (candidate.IsOf(tags))
            {
                return candidate.Series;
            }
        }

        var series = _lookup.TryGetValue(tags, out var found) ? found : _overflow ?? Add(tags);
        if (known.Length < MaxKnown && !ReferenceEquals(series, _overflow))
        {
            Remember(tags, series);
        }

        return series;
    }

    private void Remember(ReadOnlySpan<Tag> tags, MetricSeries series)
    {
        lock (_growth)
        {
            // Observed families are cleared in between: what is no longer in the table must not be found.
            if (_known.Length < MaxKnown && _lookup.TryGetValue(tags, out var current) && ReferenceEquals(current, series))
            {
                _known = [.. _known, new Known(tags.ToArray(), series)];
            }
        }
    }

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

    private readonly struct Known(Tag[] tags, MetricSeries series)
    {
        public MetricSeries Series => series;

        /// <summary>Whether these are the very same texts in the same order; equal ones that are other objects are left to the table.</summary>
        public bool IsOf(ReadOnlySpan<Tag> others)
        {
            if (others.Length != tags.Length)
            {
                return false;
            }

            for (var i = 0; i < others.Length; i++)
            {
                if (!ReferenceEquals(tags[i].Value, others[i].Value) || !ReferenceEquals(tags[i].Key, others[i].Key))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
