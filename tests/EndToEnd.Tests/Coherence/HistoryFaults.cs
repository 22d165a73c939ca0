using System.Runtime.InteropServices;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>Does one thing after another to the network and to the edges, drawn from a seed, until stopped; then mends everything.</summary>
internal sealed class HistoryFaults(HistoryDeployment deployment, Random random)
{
    private readonly SortedDictionary<string, int> _done = new(StringComparer.Ordinal);

    /// <summary>What was done, and how often.</summary>
    public string Done => string.Join(", ", _done.Select(static d => $"{d.Value} {d.Key}"));

    public int Count(string what) => _done.GetValueOrDefault(what);

    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        var edge = random.Next(deployment.Edges.Count);
        while (!stop.IsCancellationRequested)
        {
            // A kill in each turn of eight, so that short runs have some; the rest as it falls.
            for (var turn = 0; turn < 8 && !stop.IsCancellationRequested; turn++)
            {
                edge = (edge + random.Next(1, deployment.Edges.Count)) % deployment.Edges.Count;
                var region = random.Next(deployment.Origins.Count);
                await PauseAsync(random.Next(50, 700), stop);
                if (turn == 3)
                {
                    await RestartAsync(deployment.Edges[edge], random.Next(4) > 0, cancellationToken);
                }
                else
                {
                    await DisturbAsync(deployment.Admin[edge][region], deployment.S3[edge][region], stop);
                }
            }
        }

        foreach (var proxy in deployment.Admin.Concat(deployment.S3).SelectMany(static p => p))
        {
            proxy.Mend();
        }
    }

    private async Task DisturbAsync(TcpProxy admin, TcpProxy s3, CancellationToken stop)
    {
        switch (random.Next(7))
        {
            case 0:
                Note("cuts");
                admin.Cut();
                break;
            case 1:
                Note("cuts of S3 connections");
                s3.Cut();
                break;
            case 2 or 3:
                // Frames pile up meanwhile, and arrive all at once.
                Note("pauses");
                admin.Hold();
                await PauseAsync(random.Next(200, 4000), stop);
                admin.Mend();
                break;
            case 4 or 5:
                Note("delays, different for each connection");
                // Long enough that frames which still come regularly are older than they may be.
                admin.Delay(TimeSpan.FromMilliseconds(random.Next(200, 4000)));
                await PauseAsync(random.Next(2000, 6000), stop);
                admin.Mend();
                break;
            default:
                Note("outages");
                admin.Refuse();
                await PauseAsync(random.Next(500, 3500), stop);
                admin.Mend();
                break;
        }
    }

    private async Task RestartAsync(ServerProcess edge, bool kill, CancellationToken cancellationToken)
    {
        Note(kill ? "kills" : "orderly restarts");
        if (kill)
        {
            await edge.KillAsync();
        }
        else
        {
            await edge.StopAsync(PosixSignal.SIGTERM, cancellationToken);
        }

        await edge.RestartAsync(cancellationToken);
    }

    private void Note(string what) => _done[what] = Count(what) + 1;

    private static async Task PauseAsync(int milliseconds, CancellationToken stop)
    {
        try
        {
            await Task.Delay(milliseconds, stop);
        }
        catch (OperationCanceledException)
        {
            // The end of the run ends the pause.
        }
    }
}
