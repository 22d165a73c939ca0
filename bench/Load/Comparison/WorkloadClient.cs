using EdgeCache.Load.Client;
using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>Carries one workload out against one server.</summary>
internal sealed class WorkloadClient(RunSettings settings)
{
    private const double TailRate = 500;

    private static readonly TimeSpan OnceTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MissTimeout = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Reads every object of the workload once, whole and without TLS: Traffic Server stores no answer to a range, and what a cache held in memory may have been
    /// displaced.
    /// </summary>
    public Task<LoadResult> TouchAsync(ServerUnderTest server, Workload workload, CancellationToken cancellation)
    {
        var reads = workload.Reads.Concat(workload.Beside?.Reads ?? []).Select(static read => read.Object).Distinct().Select(ObjectRead.Whole).ToList();
        var whole = new Workload(workload.Name, WorkloadKind.Bulk, workload.Connections, reads);
        return LoadClient.RunAsync(Limited(server, whole, reads.Count, OnceTimeout), cancellation);
    }

    /// <summary>Makes every request of the workload once and compares what comes.</summary>
    public Task<LoadResult> VerifyAsync(ServerUnderTest server, Workload workload, CancellationToken cancellation)
    {
        var plan = Limited(server, workload, workload.Reads.Count, OnceTimeout) with { Verify = true };
        return workload.Kind == WorkloadKind.Tls ? TlsLoadClient.RunAsync(plan, cancellation) : LoadClient.RunAsync(plan, cancellation);
    }

    /// <summary>
    /// Runs the workload for a time; a cold one reads <paramref name="cold"/> instead, once. What is beside the workload counts as bytes and errors, not as
    /// requests or latency.
    /// </summary>
    public async Task<LoadResult> RunAsync(ServerUnderTest server, Workload workload, TimeSpan duration, StoredObject? cold, CancellationToken cancellation)
    {
        switch (workload.Kind)
        {
            case WorkloadKind.Tls:
                return await TlsLoadClient.RunAsync(Plan(server, workload, duration), cancellation);
            case WorkloadKind.Tail:
                return await BesideAsync(server, workload, duration, cancellation);
            case WorkloadKind.ColdTail:
                await using (new PageCacheDrop(server.LargeFiles))
                {
                    return await BesideAsync(server, workload, duration, cancellation);
                }

            case WorkloadKind.Miss:
                return await LoadClient.RunAsync(Cold(server, workload, cold!), cancellation);
            case WorkloadKind.Follower:
                return await FollowAsync(Cold(server, workload, cold!), cancellation);
            default:
                return await LoadClient.RunAsync(Plan(server, workload, duration), cancellation);
        }
    }

    private async Task<LoadResult> BesideAsync(ServerUnderTest server, Workload workload, TimeSpan duration, CancellationToken cancellation)
    {
        var streams = LoadClient.RunAsync(Plan(server, workload.Beside!, duration), cancellation);
        var small = LoadClient.RunAsync(Plan(server, workload, duration), cancellation);
        await Task.WhenAll(streams, small);
        return (await small).With(await streams);
    }

    private static async Task<LoadResult> FollowAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leader = LoadClient.RunAsync(plan with { Connections = 1, RequestLimit = 1, FirstByte = begun.SetResult }, cancellation);

        // A leader that fails ends without a first byte.
        await Task.WhenAny(begun.Task, leader);
        var followers = await LoadClient.RunAsync(plan, cancellation);
        return followers.With(await leader);
    }

    private LoadPlan Cold(ServerUnderTest server, Workload workload, StoredObject cold) =>
        Limited(server, workload with { Reads = [ObjectRead.Whole(cold)] }, workload.Connections, MissTimeout);

    private LoadPlan Limited(ServerUnderTest server, Workload workload, int requests, TimeSpan timeout) =>
        Plan(server, workload, timeout) with { RequestLimit = requests, Rate = null };

    private LoadPlan Plan(ServerUnderTest server, Workload workload, TimeSpan duration)
    {
        var tls = workload.Kind == WorkloadKind.Tls;
        return new LoadPlan
        {
            EndPoint = tls ? server.Tls!.EndPoint : server.EndPoint,
            Requests = [.. workload.Reads.Select(read => server.Prepare(read, tls))],
            Connections = workload.Connections,
            Duration = duration,
            Rate = workload.IsTail ? settings.Rate ?? TailRate : workload.Kind == WorkloadKind.Small ? settings.Rate : null,
            Verify = settings.Verify,
        };
    }
}
