using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>
/// Measures servers in turn, workload by workload and round by round, so that a machine whose speed drifts treats them alike.
/// </summary>
internal sealed class ComparisonRun(RunSettings settings, IReadOnlyList<ServerUnderTest> servers, DataSet data, IProgress<string> progress)
{
    private readonly WorkloadClient _client = new(settings);

    private readonly IReadOnlyList<Workload> _workloads = [.. Workload.All(data).Where(workload => settings.Wants(workload.Name))];

    private int _coldObjects;

    /// <summary>Reads all of the data set from every server and compares it, then runs every workload unmeasured.</summary>
    /// <exception cref="ServerException">A server gave a wrong answer.</exception>
    public async Task WarmAsync(CancellationToken cancellation)
    {
        foreach (var server in servers)
        {
            foreach (var workload in _workloads.Where(workload => !workload.IsCold && workload.Suits(server)))
            {
                progress.Report($"warming {server.Name}: {workload.Name}, every body compared");
                await _client.TouchAsync(server, workload, cancellation);
                var result = await _client.VerifyAsync(server, workload, cancellation);
                if (result.Errors > 0 || result.Requests != workload.Reads.Count)
                {
                    throw new ServerException(
                        $"{server.Name}: {result.Requests} of {workload.Reads.Count} good answers to {workload.Name}. {result.FirstError}");
                }

                await _client.RunAsync(server, workload, settings.Warmup, cold: null, cancellation);
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
                    if (workload.Suits(server))
                    {
                        var measurement = await MeasureAsync(server, workload, round, cancellation);
                        progress.Report(Line(measurement));
                        measurements.Add(measurement);
                    }
                }
            }
        }

        return measurements;
    }

    private static string Line(Measurement m) =>
        $"round {m.Round}  {m.Workload,-8} {m.Server,-18} {m.GigabytesPerSecond,7:F2} GB/s {m.RequestsPerSecond,9:F0}/s"
        + $"  cpu {m.FrontCpuPerGigabyte:F3} s/GB  p99 {m.LatencyP99:F2} ms" + (m.Errors > 0 ? $"  {m.Errors} ERRORS: {m.FirstError}" : "");

    private async Task<Measurement> MeasureAsync(ServerUnderTest server, Workload workload, int round, CancellationToken cancellation)
    {
        StoredObject? cold = null;
        if (workload.IsCold)
        {
            cold = await server.AddColdAsync(data.Large, $"cold/{++_coldObjects}", cancellation);
        }
        else
        {
            await _client.TouchAsync(server, workload, cancellation);
        }

        var before = CpuTimes.Now(server);
        var result = await _client.RunAsync(server, workload, settings.Duration, cold, cancellation);
        var measurement = Measurement.Of(server.Name, workload.Name, round, result, CpuTimes.Now(server) - before);
        if (cold is not null)
        {
            await server.RemoveColdAsync(cold, cancellation);
        }

        return measurement;
    }
}
