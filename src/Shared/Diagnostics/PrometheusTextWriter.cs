using System.Buffers;
using System.Globalization;
using System.Text;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>
/// Writes metric families in the <see href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus text format</see>, version 0.0.4.
/// </summary>
internal sealed class PrometheusTextWriter
{
    private const int MaxNumberLength = 32;

    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Writes a family; nothing when it has no series yet.</summary>
    public void Write(MetricFamily family)
    {
        var isFirst = true;
        foreach (var series in family.Series)
        {
            if (isFirst)
            {
                WriteHead(family);
                isFirst = false;
            }

            if (family.Bounds is { } bounds)
            {
                WriteHistogram(family.Name, series, bounds);
            }
            else
            {
                WriteSampleName(family.Name, string.Empty, series.Labels);
                WriteValue(series);
            }
        }
    }

    private void WriteHead(MetricFamily family)
    {
        if (!string.IsNullOrEmpty(family.Help))
        {
            Write("# HELP ");
            Write(family.Name);
            Write(" ");
            Write(family.Help.Replace(@"\", @"\\", StringComparison.Ordinal).ReplaceLineEndings(@"\n"));
            Write("\n");
        }

        Write("# TYPE ");
        Write(family.Name);
        Write(family.Kind switch
        {
            MetricKind.Counter => " counter\n",
            MetricKind.Gauge => " gauge\n",
            MetricKind.Histogram => " histogram\n",
        });
    }

    private void WriteHistogram(string name, MetricSeries series, double[] bounds)
    {
        var count = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            count += series.CountIn(i);
            Write(name);
            Write("_bucket{");
            Write(series.Labels);
            Write(series.Labels.Length > 0 ? ",le=\"" : "le=\"");
            WriteNumber(i < bounds.Length ? bounds[i] : double.PositiveInfinity);
            Write("\"} ");
            WriteNumber(count);
            Write("\n");
        }

        WriteSampleName(name, "_sum", series.Labels);
        WriteValue(series);

        // The sum of the buckets just written rather than a counter of its own, so that the two agree while observations come in.
        WriteSampleName(name, "_count", series.Labels);
        WriteNumber(count);
        Write("\n");
    }

    private void WriteSampleName(string name, string suffix, string labels)
    {
        Write(name);
        Write(suffix);
        if (labels.Length > 0)
        {
            Write("{");
            Write(labels);
            Write("}");
        }

        Write(" ");
    }

    private void WriteValue(MetricSeries series)
    {
        var real = series.Real;
        if (real == 0)
        {
            WriteNumber(series.Whole);
        }
        else
        {
            WriteNumber(real + series.Whole);
        }

        Write("\n");
    }

    private void WriteNumber(long value)
    {
        value.TryFormat(_buffer.GetSpan(MaxNumberLength), out var written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }

    private void WriteNumber(double value)
    {
        if (!double.IsFinite(value))
        {
            Write(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
            return;
        }

        value.TryFormat(_buffer.GetSpan(MaxNumberLength), out var written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _buffer);
}
