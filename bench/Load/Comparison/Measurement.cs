using EdgeCache.Load.Client;

namespace EdgeCache.Load.Comparison;

/// <summary>One workload against one server in one round. Times are in seconds, latencies in milliseconds.</summary>
internal sealed record Measurement
{
    public required string Server { get; init; }

    public required string Workload { get; init; }

    public required int Round { get; init; }

    public required double Seconds { get; init; }

    public required long Requests { get; init; }

    public required long Bytes { get; init; }

    public required long Errors { get; init; }

    public required long Unanswered { get; init; }

    public string? FirstError { get; init; }

    /// <summary>CPU seconds of the tier that answers the clients.</summary>
    public required double FrontCpu { get; init; }

    /// <summary>CPU seconds of the tier behind it.</summary>
    public required double UpstreamCpu { get; init; }

    /// <summary>CPU seconds of this program.</summary>
    public required double ClientCpu { get; init; }

    /// <summary>CPU seconds that others spent on this machine meanwhile; a run on an idle machine has next to none.</summary>
    public required double OtherCpu { get; init; }

    public required double LatencyP50 { get; init; }

    public required double LatencyP99 { get; init; }

    public required double LatencyMax { get; init; }

    public required double FirstByteP50 { get; init; }

    public required double FirstByteP99 { get; init; }

    public double GigabytesPerSecond => Bytes / Seconds / 1e9;

    public double RequestsPerSecond => Requests / Seconds;

    public double FrontCpuPerGigabyte => FrontCpu / (Bytes / 1e9);

    public double UpstreamCpuPerGigabyte => UpstreamCpu / (Bytes / 1e9);

    public double ClientCpuPerGigabyte => ClientCpu / (Bytes / 1e9);

    public double FrontCpuMicrosecondsPerRequest => FrontCpu * 1e6 / Requests;

    public static Measurement Of(string server, string workload, int round, LoadResult result, CpuTimes cpu) => new()
    {
        Server = server,
        Workload = workload,
        Round = round,
        Seconds = result.Elapsed.TotalSeconds,
        Requests = result.Requests,
        Bytes = result.Bytes,
        Errors = result.Errors,
        Unanswered = result.Unanswered,
        FirstError = result.FirstError,
        FrontCpu = cpu.Front.TotalSeconds,
        UpstreamCpu = cpu.Upstream.TotalSeconds,
        ClientCpu = cpu.Client.TotalSeconds,
        OtherCpu = Math.Max(0, (cpu.Machine - cpu.Front - cpu.Upstream - cpu.Client).TotalSeconds),
        LatencyP50 = result.Latency.Percentile(0.5).TotalMilliseconds,
        LatencyP99 = result.Latency.Percentile(0.99).TotalMilliseconds,
        LatencyMax = result.Latency.Max.TotalMilliseconds,
        FirstByteP50 = result.FirstByte.Percentile(0.5).TotalMilliseconds,
        FirstByteP99 = result.FirstByte.Percentile(0.99).TotalMilliseconds,
    };
}
