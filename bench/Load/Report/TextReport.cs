using System.Globalization;
using System.Text;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Load.Report;

/// <summary>The report as a table for people; it is valid Markdown as well.</summary>
internal static class TextReport
{
    private static readonly (string Title, Func<Summary, string> Value)[] Columns =
    [
        ("workload", s => s.Workload),
        ("server", s => s.Server),
        ("GB/s", s => Number(s.GigabytesPerSecond, 2)),
        ("req/s", s => Number(s.RequestsPerSecond, s.RequestsPerSecond < 100 ? 2 : 0)),
        ("cpu s/GB", s => Number(s.FrontCpuPerGigabyte, 3)),
        ("upstream s/GB", s => Number(s.UpstreamCpuPerGigabyte, 3)),
        ("cpu us/req", s => Number(s.FrontCpuMicrosecondsPerRequest, 1)),
        ("p50 ms", s => Number(s.LatencyP50, 2)),
        ("p99 ms", s => Number(s.LatencyP99, 2)),
        ("max ms", s => Number(s.LatencyMax, 2)),
        ("first p50", s => Number(s.FirstByteP50, 2)),
        ("first p99", s => Number(s.FirstByteP99, 2)),
        ("client s/GB", s => Number(s.ClientCpuPerGigabyte, 3)),
        ("others cores", s => Number(s.OtherCores, 2)),
        ("errors", s => s.Errors.ToString(CultureInfo.InvariantCulture)),
    ];

    public static string Format(ComparisonReport report)
    {
        var text = new StringBuilder();
        foreach (var fact in Facts(report))
        {
            Line(text, fact);
        }

        text.Append('\n');
        if (report.Medians.Count > 0)
        {
            Table(text, Columns.Select(column => column.Title), report.Medians.Select(summary => Columns.Select(column => column.Value(summary))));
        }

        if (report.Figures.Count > 0)
        {
            text.Append('\n');
            Table(
                text,
                ["scenario", "figure", "median", "least", "most"],
                report.Figures.GroupBy(figure => (figure.Scenario, figure.Name)).Select(group =>
                {
                    var values = group.Select(figure => figure.Value).Order().ToArray();
                    return (string[])[group.Key.Scenario, group.Key.Name, Significant(Summary.Median(values)), Significant(values[0]), Significant(values[^1])];
                }));
        }

        if (report.Targets.Count > 0)
        {
            text.Append('\n');
            Table(
                text,
                ["target", "against", "required", "measured", "target is"],
                report.Targets.Select(target => (string[])
                    [target.What, target.Against, target.Required, Significant(target.Measured), target.Met ? "met" : "missed"]));
        }

        foreach (var failed in report.Measurements.Where(measurement => measurement.FirstError is not null))
        {
            Line(text, $"\n{failed.Server}, {failed.Workload}, round {failed.Round}: {failed.Errors} errors, the first: {failed.FirstError}");
        }

        return text.ToString();
    }

    /// <summary>What the figures depend on, a line each.</summary>
    public static IReadOnlyList<string> Facts(ComparisonReport report)
    {
        var (machine, settings, facts) = (report.Machine, report.Settings, new List<string>());
        facts.Add($"machine:  {machine.Cpu}, {machine.Cores} cores, {machine.MemoryGib:F1} GiB, Linux {machine.Kernel}, {machine.Runtime}");
        facts.Add($"load:     {machine.LoadAverageBefore} before, {machine.LoadAverageAfter} after (1, 5, 15 minutes)");
        facts.Add($"versions: edgecache {machine.ProductVersion}, {string.Join(", ", machine.PeerVersions.Select(peer => $"{peer.Key}: {peer.Value}"))}");
        facts.Add($"run:      seed {settings.Seed}, {settings.Rounds} rounds of {settings.Duration.TotalSeconds:0.##} s after {settings.Warmup.TotalSeconds:0.##} s unmeasured, large object {ByteSize.Format(settings.LargeSize)}, "
            + $"caches {ByteSize.Format(settings.CacheSize)}, nginx workers {settings.NginxWorkers}, "
            + (settings.Rate is { } rate ? $"small objects at {rate:0.##} requests/s" : "closed loops")
            + (settings.Verify ? ", every body compared by the client" : ""));
        if (settings.EdgeArguments.Count > 0)
        {
            facts.Add($"edge:     {string.Join(' ', settings.EdgeArguments)}");
        }

        foreach (var (server, headers) in report.HitEvidence)
        {
            facts.Add($"warm:     {server} answers {headers}");
        }

        return facts;
    }

    private static void Table(StringBuilder text, IEnumerable<string> titles, IEnumerable<IEnumerable<string>> cells)
    {
        var rows = new List<string[]> { titles.ToArray() };
        rows.AddRange(cells.Select(row => row.ToArray()));
        var widths = rows[0].Select((_, i) => rows.Max(row => row[i].Length)).ToArray();
        rows.Insert(1, [.. widths.Select((width, i) => i < 2 ? new string('-', width) : new string('-', width - 1) + ":")]);
        foreach (var row in rows)
        {
            Line(text, $"| {string.Join(" | ", row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])))} |");
        }
    }

    /// <summary>Three digits that say something, whatever the unit.</summary>
    public static string Significant(double value) => Number(value, Math.Abs(value) switch { >= 100 => 0, >= 10 => 1, >= 1 => 2, _ => 3 });

    private static string Number(double value, int digits) =>
        double.IsFinite(value) ? value.ToString($"F{digits}", CultureInfo.InvariantCulture) : "-";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
