using System.Buffers;
using System.Globalization;
using System.Text;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>
/// Turns OpenTelemetry-style names into those of Prometheus, as its
/// <see href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">compatibility specification</see> lays down:
/// <c>edgecache.edge.sent</c> in <c>By</c> becomes <c>edgecache_edge_sent_bytes_total</c>.
/// </summary>
internal static class PrometheusNames
{
    private static readonly SearchValues<char> Valid = SearchValues.Create("_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The metric's name of an instrument.</summary>
    public static string Metric(string instrument, string? unit, MetricKind kind)
    {
        var name = Mangle(instrument);
        if (UnitSuffix(unit) is { } suffix && !name.EndsWith(suffix, StringComparison.Ordinal))
        {
            name += suffix;
        }

        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>The labels of a series in text form, without braces. Of two tags whose names become equal the first stays.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal) { "le" }; // histograms own this name
        foreach (var (key, value) in tags)
        {
            var name = Mangle(key);
            if (!seen.Add(name))
            {
                continue;
            }

            text.Append(text.Length > 0 ? "," : string.Empty).Append(name).Append("=\"");
            AppendEscaped(text, Text(value));
            text.Append('"');
        }

        return text.ToString();
    }

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }

    private static string Mangle(string name)
    {
        if (name.Length == 0)
        {
            return "_";
        }

        if (char.IsAsciiDigit(name[0]))
        {
            name = "_" + name;
        }

        return name.AsSpan().ContainsAnyExcept(Valid)
            ? string.Create(name.Length, name, static (target, source) =>
            {
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = Valid.Contains(source[i]) ? source[i] : '_';
                }
            })
            : name;
    }

    /// <summary>The suffix of a UCUM unit; none for counts, which UCUM annotates in braces.</summary>
    private static string? UnitSuffix(string? unit) => unit switch
    {
        null or "" or "1" => null,
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "us" => "_microseconds",
        "ns" => "_nanoseconds",
        "By" => "_bytes",
        "By/s" => "_bytes_per_second",
        "%" => "_percent",
        ['{', ..] => null,
        _ => "_" + Mangle(unit),
    };
}
