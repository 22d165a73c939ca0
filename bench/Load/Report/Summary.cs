using EdgeCache.Load.Comparison;

namespace EdgeCache.Load.Report;

/// <summary>The medians, over the rounds, of one workload against one server. Units as in <see cref="Measurement"/>.</summary>
internal sealed record Summary
{
    public required string Workload { get; init; }

    public required string Server { get; init; }

    public required double GigabytesPerSecond { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required double FrontCpuPerGigabyte { get; init; }

    public required double UpstreamCpuPerGigabyte { get; init; }

    public required double FrontCpuMicrosecondsPerRequest { get; init; }

    public required double ClientCpuPerGigabyte { get; init; }

    public required double LatencyP50 { get; init; }

    public required double LatencyP99 { get; init; }

    public required double LatencyMax { get; init; }

    public required double FirstByteP50 { get; init; }

    public required double FirstByteP99 { get; init; }

    /// <summary>Cores that others kept busy meanwhile.</summary>
    public required double OtherCores { get; init; }

    /// <summary>All rounds together.</summary>
    public required long Errors { get; init; }

    /// <summary>All rounds together.</summary>
    public required long Unanswered { get; init; }

    /// <summary>One summary for each pair of workload and server, in the order in which they first occur.</summary>
    public static IReadOnlyList<Summary> Of(IReadOnlyList<Measurement> measurements) =>
    [
        .. measurements.Select(m => m.Workload).Distinct().SelectMany(workload => measurements
            .Where(m => m.Workload == workload)
            .GroupBy(m => m.Server)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Of(workload, group.Key, [.. group]))),
    ];

    /// <summary>The median of values in their order.</summary>
    public static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static Summary Of(string workload, string server, Measurement[] rounds)
    {
        double Median(Func<Measurement, double> value) => Summary.Median([.. rounds.Select(value).Order()]);

        return new Summary
        {
            Workload = workload,
            Server = server,
            GigabytesPerSecond = Median(m => m.GigabytesPerSecond),
            RequestsPerSecond = Median(m => m.RequestsPerSecond),
            FrontCpuPerGigabyte = Median(m => m.FrontCpuPerGigabyte),
            UpstreamCpuPerGigabyte = Median(m => m.UpstreamCpuPerGigabyte),
            FrontCpuMicrosecondsPerRequest = Median(m => m.FrontCpuMicrosecondsPerRequest),
            ClientCpuPerGigabyte = Median(m => m.ClientCpuPerGigabyte),
            LatencyP50 = Median(m => m.LatencyP50),
            LatencyP99 = Median(m => m.LatencyP99),
            LatencyMax = Median(m => m.LatencyMax),
            FirstByteP50 = Median(m => m.FirstByteP50),
            FirstByteP99 = Median(m => m.FirstByteP99),
            OtherCores = Median(m => m.OtherCpu / m.Seconds),
            Errors = rounds.Sum(m => m.Errors),
            Unanswered = rounds.Sum(m => m.Unanswered),
        };
    }
}
