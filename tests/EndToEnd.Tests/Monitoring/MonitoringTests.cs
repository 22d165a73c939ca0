using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Monitoring;

/// <summary>The dashboard and the alerts ask for metrics that exist, in expressions that Prometheus takes.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Folder = Path.Combine(Files.RepositoryRoot, "deploy", "monitoring");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alert_rules_are_valid_and_fire_when_they_should()
    {
        var promtool = Promtool();
        await RunAsync(promtool, "check", "rules", "alerts.yml");
        await RunAsync(promtool, "test", "rules", "alerts.test.yml");
    }

    [Fact]
    public async Task Expressions_of_the_dashboard_are_valid()
    {
        var promtool = Promtool();
        using var rules = new TempFile(Path.Combine(Folder, ".dashboard.rules.yml"));
        var lines = new List<string> { "groups:", "  - name: dashboard", "    rules:" };
        foreach (var (expression, index) in DashboardExpressions().Select(static (e, i) => (e, i)))
        {
            var concrete = expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$edge", ".*", StringComparison.Ordinal);
            lines.Add($"      - {{record: \"panel:{index}\", expr: {JsonSerializer.Serialize(concrete)}}}");
        }

        await File.WriteAllLinesAsync(rules.Path, lines, Cancellation);
        await RunAsync(promtool, "check", "rules", rules.Path);
    }

    [Fact]
    public void Every_metric_that_is_asked_for_is_one_of_the_edge()
    {
        // The name of an instrument in the source, as the exporter writes it but for the suffixes of unit and kind.
        var instruments = Directory.EnumerateFiles(Path.Combine(Files.RepositoryRoot, "src", "Edge"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static f => InstrumentName().Matches(File.ReadAllText(f)).Select(static m => m.Groups[1].Value.Replace('.', '_'))).ToHashSet();
        Assert.True(instruments.Count > 30, $"Only {instruments.Count} instruments were found.");

        var asked = DashboardExpressions().Append(File.ReadAllText(Path.Combine(Folder, "alerts.yml")))
            .SelectMany(static e => MetricName().Matches(e).Select(static m => m.Value)).ToHashSet();
        Assert.True(asked.Count > 15, $"Only {asked.Count} metrics are asked for.");
        Assert.All(asked, metric =>
        {
            var name = KindSuffix().Replace(metric, string.Empty);
            Assert.Contains(instruments, i => name == i || name == i + "_bytes" || name == i + "_seconds");
        });
    }

    private static IEnumerable<string> DashboardExpressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "edges.dashboard.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(static p => p.GetProperty("targets").EnumerateArray()).Select(static t => t.GetProperty("expr").GetString()!)];
    }

    private static string Promtool()
    {
        var found = ClientTool.Find("promtool");
        Assert.SkipWhen(found.Count == 0, "promtool is not installed");
        return found[0];
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, string.Join('\n', output));
    }

    [GeneratedRegex("\"(edgecache\\.edge\\.[a-z0-9_.]+)\"")]
    private static partial Regex InstrumentName();

    [GeneratedRegex("edgecache_edge_[a-z0-9_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(total|bucket|count|sum)$")]
    private static partial Regex KindSuffix();

    private sealed class TempFile(string path) : IDisposable
    {
        public string Path => path;

        public void Dispose() => File.Delete(path);
    }
}
