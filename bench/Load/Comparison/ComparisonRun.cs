using EdgeCache.Load.Client;
using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>
/// Measures servers in turn, workload by workload and round by round, so that a machine whose speed drifts treats them alike.
/// </summary>
internal sealed class ComparisonRun(RunSettings settings, IReadOnlyList<ServerUnderTest> servers, DataSet data, IProgress<string> progress)
{
    private static readonly TimeSpan MissTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan WarmTimeout = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<Workload> _workloads =
        [.. Workload.All(data).Where(workload => settings.Wants(workload.Name))];

    private int _coldObjects;

    /// <summary>Reads all of the data set from every server and compares it, then runs every workload unmeasured.</summary>
    /// <exception cref="ServerException">A server gave a wrong answer.</exception>
    public async Task WarmAsync(CancellationToken cancellation)
    {
        foreach (var server in servers)
        {
            foreach (var workload in _workloads.Where(workload => !workload.Cold && workload.Suits(server)))
            {
                await WarmAsync(server, workload, cancellation);
            }
        }
    }

    /// <summary>Measures, in the order of the rounds.</summary>
    public async Task<IReadOnlyList<Measurement>> MeasureAsync(CancellationToken cancellation)
    {
        var measurements = new List<Measurement>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var workload in _workloads)
            {
                // Another server begins each round, so that none always follows the same neighbour.
                for (var turn = 0; turn < servers.Count; turn++)
                {
                    var server = servers[(turn + round) % servers.Count];
                    if (!workload.Suits(server))
                    {
                        continue;
                    }

                    // A cold object of the round before may have displaced what a cache held in memory.
                    if (!workload.Cold)
                    {
                        await LoadClient.RunAsync(Once(server, workload), cancellation);
                    }

                    var measurement = workload.Cold
                        ? await MeasureColdAsync(server, workload, round, cancellation)
                        : await MeasureAsync(server, workload, round, HitPlan(server, workload, settings.Duration), cancellation);
                    progress.Report(Line(measurement));
                    measurements.Add(measurement);
                }
            }
        }

        return measurements;
    }

    private static string Line(Measurement m) =>
        $"round {m.Round}  {m.Workload,-8} {m.Server,-18} {m.GigabytesPerSecond,7:F2} GB/s {m.RequestsPerSecond,9:F0}/s"
        + $"  cpu {m.FrontCpuPerGigabyte:F3} s/GB  p99 {m.LatencyP99:F2} ms" + (m.Errors > 0 ? $"  {m.Errors} ERRORS: {m.FirstError}" : "");

    private static async Task<Measurement> MeasureAsync(
        ServerUnderTest server, Workload workload, int round, LoadPlan plan, CancellationToken cancellation)
    {
        var before = CpuTimes.Now(server);
        var result = await LoadClient.RunAsync(plan, cancellation);
        return Measurement.Of(server.Name, workload.Name, round, result, CpuTimes.Now(server) - before);
    }

    private async Task WarmAsync(ServerUnderTest server, Workload workload, CancellationToken cancellation)
    {
        progress.Report($"warming {server.Name}: {workload.Name}, every body compared");
        var result = await LoadClient.RunAsync(Once(server, workload) with { Verify = true }, cancellation);
        if (result.Errors > 0 || result.Requests != workload.Reads.Count)
        {
            throw new ServerException(
                $"{server.Name}: {result.Requests} of {workload.Reads.Count} good answers to {workload.Name}. {result.FirstError}");
        }

        await LoadClient.RunAsync(HitPlan(server, workload, settings.Warmup), cancellation);
    }

    private async Task<Measurement> MeasureColdAsync(ServerUnderTest server, Workload workload, int round, CancellationToken cancellation)
    {
        var cold = await server.AddColdAsync(data.Large, $"cold/{++_coldObjects}", cancellation);
        var plan = new LoadPlan
        {
            EndPoint = server.EndPoint,
            Requests = [server.Prepare(ObjectRead.Whole(cold))],
            Connections = workload.Connections,
            Duration = MissTimeout,
            RequestLimit = workload.Connections,
            Verify = settings.Verify,
        };
        var measurement = await MeasureAsync(server, workload, round, plan, cancellation);
        await server.RemoveColdAsync(cold, cancellation);
        return measurement;
    }

    private LoadPlan Once(ServerUnderTest server, Workload workload) =>
        HitPlan(server, workload, WarmTimeout) with { RequestLimit = workload.Reads.Count, Rate = null };

    private LoadPlan HitPlan(ServerUnderTest server, Workload workload, TimeSpan duration) => new()
    {
        EndPoint = server.EndPoint,
        Requests = [.. workload.Reads.Select(server.Prepare)],
        Connections = workload.Connections,
        Duration = duration,
        Rate = workload.Small ? settings.Rate : null,
        Verify = settings.Verify,
    };
}
