using System.Globalization;
using EdgeCache.Load.Comparison;
using EdgeCache.Load.Scenarios;

namespace EdgeCache.Load.Report;

/// <summary>A bound that was set before measuring, and what was measured: a ratio of medians to a peer's, or a median itself.</summary>
/// <param name="What">The workload, the server and the quantity.</param>
/// <param name="Against">The peer, or nothing.</param>
/// <param name="Limit">The bound.</param>
/// <param name="AtLeast">Whether the bound is a lower one.</param>
/// <param name="Measured">What was measured.</param>
internal sealed record Target(string What, string Against, double Limit, bool AtLeast, double Measured)
{
    public bool Met => AtLeast ? Measured >= Limit : Measured <= Limit;

    /// <summary>The bound in words.</summary>
    public string Required => $"{(AtLeast ? ">=" : "<=")} {Limit.ToString("0.##", CultureInfo.InvariantCulture)}";

    private static readonly IReadOnlyList<string> Edges = [ServerGroup.Strict, ServerGroup.Once];

    private static readonly IReadOnlyList<Ratio> Ratios =
    [
        .. Hits("range8m", (1.0, 1.05), (1.5, 0.70), (1.5, 0.60)),
        .. Hits("whole", (1.0, 1.05), (1.8, 0.60), (1.8, 0.60)),
        .. Hits("get64k", (1.2, 0.75), (1.6, 0.50), (1.5, 0.55)),
        .. Hits("get1k", (1.3, 0.70), (2.2, 0.35), (1.8, 0.45)),
        new("miss1", ServerGroup.NginxCache, Rate, 1.5, AtLeast: true),
        new("miss1", ServerGroup.NginxCache, Cpu, 0.6, AtLeast: false),
        new("miss8", ServerGroup.VarnishMemory, Rate, 1.0, AtLeast: true),
        new("follower", "", First, 5, AtLeast: false),
        new("tls8m", ServerGroup.NginxCache, Cpu, 1.0, AtLeast: false),
        new("tail", ServerGroup.NginxCache, P99, 1.0, AtLeast: false),
        new("tailcold", ServerGroup.NginxCache, P99, 1.0, AtLeast: false),
    ];

    // Flat: 1,000 uploads of 1 MiB may not keep more than 32 KB each of the three quarters that come after the first.
    private static readonly IReadOnlyList<(string Scenario, string Figure, double Limit, bool AtLeast)> Bounds =
    [
        (PutScenario.ScenarioName, PutScenario.Share, 0.5, true),
        (MultipartScenario.ScenarioName, MultipartScenario.Share, 0.9, true),
        (ConnectionsScenario.ScenarioName, ConnectionsScenario.Growth, 32, false),
        (ConnectionsScenario.ScenarioName, ConnectionsScenario.Idle, 500, false),
        (MetadataScenario.ScenarioName, MetadataScenario.ListP99, 20, false),
        (MetadataScenario.ScenarioName, MetadataScenario.FoldP99, 20, false),
        (MetadataScenario.ScenarioName, MetadataScenario.HeadP99, 2, false),
        (MetadataScenario.ScenarioName, MetadataScenario.PutRate, 2000, true),
        (StartupScenario.ScenarioName, StartupScenario.Ready, 2, false),
        (StartupScenario.ScenarioName, StartupScenario.IdleMemory, 150, false),
    ];

    private static Quantity Rate => new("throughput", static s => s.GigabytesPerSecond);

    private static Quantity Cpu => new("CPU per GB", static s => s.FrontCpuPerGigabyte);

    private static Quantity P99 => new("p99", static s => s.LatencyP99);

    private static Quantity First => new("first byte p99 ms", static s => s.FirstByteP99);

    /// <summary>All targets of which both sides were measured.</summary>
    public static IReadOnlyList<Target> Of(IReadOnlyList<Summary> medians, IReadOnlyList<Figure> figures) =>
    [
        .. Ratios.SelectMany(ratio => Edges.Select(edge => Of(ratio, edge, medians))).OfType<Target>(),
        .. Bounds.SelectMany(bound => figures
            .Where(figure => figure.Scenario == bound.Scenario && figure.Name == bound.Figure)
            .GroupBy(static figure => figure.Name)
            .Select(group => new Target(
                $"{bound.Scenario}: {bound.Figure}", "", bound.Limit, bound.AtLeast, Summary.Median([.. group.Select(static figure => figure.Value).Order()])))),
    ];

    private static Target? Of(Ratio ratio, string edge, IReadOnlyList<Summary> medians)
    {
        Summary? Find(string server) => medians.FirstOrDefault(summary => summary.Workload == ratio.Workload && summary.Server == server);
        if (Find(edge) is not { } own)
        {
            return null;
        }

        var what = $"{ratio.Workload}, {edge}: {ratio.Quantity.Name}";
        if (ratio.Against.Length == 0)
        {
            return new Target(what, "", ratio.Limit, ratio.AtLeast, ratio.Quantity.Of(own));
        }

        return Find(ratio.Against) is { } peer
            ? new Target(what, ratio.Against, ratio.Limit, ratio.AtLeast, ratio.Quantity.Of(own) / ratio.Quantity.Of(peer))
            : null;
    }

    private static IEnumerable<Ratio> Hits(
        string workload, (double Rate, double Cpu) nginx, (double Rate, double Cpu) varnish, (double Rate, double Cpu) trafficServer)
    {
        foreach (var (peer, limits) in new[] { (ServerGroup.NginxCache, nginx), (ServerGroup.VarnishMemory, varnish), (ServerGroup.TrafficServerMemory, trafficServer) })
        {
            yield return new(workload, peer, Rate, limits.Item1, AtLeast: true);
            yield return new(workload, peer, Cpu, limits.Item2, AtLeast: false);
        }
    }

    private sealed record Quantity(string Name, Func<Summary, double> Of);

    private sealed record Ratio(string Workload, string Against, Quantity Quantity, double Limit, bool AtLeast);
}
