using System.Globalization;
using System.Security;
using System.Text;
using EdgeCache.Load.Comparison;

namespace EdgeCache.Load.Report;

/// <summary>
/// The medians as a picture: a row for each workload, with a bar for each server of what it did and one of what that cost. Bars of one panel share a scale that
/// begins at zero.
/// </summary>
internal static class SvgChart
{
    private const int Width = 940;
    private const int Margin = 16;
    private const int BarHeight = 13;
    private const int BarStep = 16;
    private const int TitleHeight = 24;
    private const int LabelWidth = 112;
    private const int ValueWidth = 64;
    private const int Panels = 2;
    private const int PanelWidth = (Width - (2 * Margin)) / Panels;
    private const int LongestBar = PanelWidth - LabelWidth - ValueWidth;
    private const int FactsHeight = 16;

    /// <summary>So many letters of the facts fit into a line.</summary>
    private const int LineLength = 155;

    /// <summary>Draws it; null without medians.</summary>
    public static string? Draw(ComparisonReport report, IReadOnlyList<string> facts)
    {
        var workloads = report.Medians.GroupBy(static summary => summary.Workload).ToList();
        if (workloads.Count == 0)
        {
            return null;
        }

        var body = new StringBuilder();
        var top = Margin;
        foreach (var fact in facts.SelectMany(static fact => fact.Chunk(LineLength)).Select(static line => new string(line)))
        {
            top += FactsHeight;
            Text(body, Margin, top - 6, fact, "f");
        }

        foreach (var workload in workloads)
        {
            var rows = workload.OrderBy(static summary => Order(summary.Server)).ToList();
            var (doing, cost) = Quantities(workload.Key);
            Panel(body, Margin, top, $"{workload.Key}: {doing.Name}", rows, doing.Of);
            Panel(body, Margin + PanelWidth, top, cost.Name, rows, cost.Of);
            top += TitleHeight + (rows.Count * BarStep) + 8;
        }

        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{top + Margin}" viewBox="0 0 {Width} {top + Margin}" font-family="sans-serif">
            <style>.t{"{"}font-size:13px;font-weight:bold{"}"} .l{"{"}font-size:11px{"}"} .f{"{"}font-size:11px;fill:#555{"}"} .own{"{"}fill:#1f6feb{"}"} .peer{"{"}fill:#9aa4b2{"}"}</style>
            <rect width="100%" height="100%" fill="#fff"/>
            {body}</svg>

            """);
    }

    private static void Panel(StringBuilder body, int left, int top, string title, List<Summary> rows, Func<Summary, double> value)
    {
        Text(body, left, top + TitleHeight - 8, title, "t");
        var most = rows.Select(value).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        for (var i = 0; i < rows.Count; i++)
        {
            var (y, number) = (top + TitleHeight + (i * BarStep), value(rows[i]));
            var length = double.IsFinite(number) && most > 0 ? number / most * LongestBar : 0;
            var kind = Order(rows[i].Server) < ServerGroup.Own ? "own" : "peer";
            Text(body, left, y + 10, rows[i].Server, "l");
            body.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{left + LabelWidth}\" y=\"{y}\" width=\"{length:0.#}\" height=\"{BarHeight}\"/>\n");
            Text(body, left + LabelWidth + (int)length + 4, y + 10, TextReport.Significant(number), "l");
        }
    }

    private static ((string Name, Func<Summary, double> Of) Doing, (string Name, Func<Summary, double> Of) Cost) Quantities(string workload) => workload switch
    {
        "get64k" or "get1k" => (("requests/s", static s => s.RequestsPerSecond), ("server CPU us per request", static s => s.FrontCpuMicrosecondsPerRequest)),
        "tail" or "tailcold" => (("GB/s of the streams", static s => s.GigabytesPerSecond), ("p99 of the small reads, ms", static s => s.LatencyP99)),
        "follower" => (("GB/s", static s => s.GigabytesPerSecond), ("first byte p99 of followers, ms", static s => s.FirstByteP99)),
        _ => (("GB/s", static s => s.GigabytesPerSecond), ("server CPU s per GB", static s => s.FrontCpuPerGigabyte)),
    };

    private static int Order(string server) => ServerGroup.Names.ToList().IndexOf(server);

    private static void Text(StringBuilder body, int x, int y, string text, string kind) =>
        body.Append(CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x}\" y=\"{y}\">{SecurityElement.Escape(text)}</text>\n");
}
