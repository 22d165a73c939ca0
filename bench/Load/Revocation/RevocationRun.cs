using System.Diagnostics;
using EdgeCache.Load.Client;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Revocation;

/// <summary>Makes changes one after another, and measures from the acknowledgement of each until every edge has refused a read.</summary>
internal sealed class RevocationRun(RevocationDeployment deployment, HttpClient http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The times by kind of change, and those of all; of each change one per edge.</summary>
    public async Task<(IReadOnlyList<(string Name, LatencyHistogram Times)> ByKind, LatencyHistogram All)> MeasureAsync(
        int changes, CancellationToken cancellation)
    {
        var kinds = new AccessChanges(deployment, cancellation).All;
        var all = new LatencyHistogram();
        var times = kinds.Select(static _ => new LatencyHistogram()).ToArray();
        for (var i = 0; i < changes; i++)
        {
            var kind = i % kinds.Count;
            var change = await kinds[kind].PrepareAsync();
            await Task.WhenAll(deployment.Edges.Select(edge => UntilAllAsync(edge, change, isAllowed: true, cancellation)));
            await change.RevokeAsync();
            var acknowledged = Stopwatch.GetTimestamp();
            var refused = await Task.WhenAll(deployment.Edges.Select(edge => UntilAllAsync(edge, change, isAllowed: false, cancellation)));
            foreach (var at in refused)
            {
                var nanoseconds = (long)Stopwatch.GetElapsedTime(acknowledged, at).TotalNanoseconds;
                times[kind].Record(nanoseconds);
                all.Record(nanoseconds);
            }

            await change.RestoreAsync();
        }

        return ([.. kinds.Zip(times, static (kind, histogram) => (kind.Name, histogram))], all);
    }

    /// <summary>Makes every read of a change until it is answered as wanted; when the last of these answers came, as a timestamp.</summary>
    private async Task<long> UntilAllAsync(Uri edge, AccessChange change, bool isAllowed, CancellationToken cancellation) =>
        (await Task.WhenAll(change.Reads.Select(read => UntilAsync(edge, read, isAllowed, cancellation)))).Max();

    private async Task<long> UntilAsync(Uri edge, Func<Uri, HttpRequestMessage> read, bool isAllowed, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                using var request = read(edge);
                using var response = await http.SendAsync(request, patience.Token);
                if (response.IsSuccessStatusCode == isAllowed)
                {
                    return Stopwatch.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerException($"{edge} goes on to {(isAllowed ? "refuse" : "serve")} after {Patience.TotalSeconds} s.");
        }
    }
}
