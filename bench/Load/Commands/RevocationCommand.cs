using System.CommandLine;
using System.Globalization;
using EdgeCache.Load.Client;
using EdgeCache.Load.Revocation;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Commands;

/// <summary><c>revocation</c>: measures how soon edges refuse what a change forbids.</summary>
internal static class RevocationCommand
{
    public static Command Create()
    {
        var changes = new Option<int>("--changes") { Description = "How many changes, of all kinds in turn.", DefaultValueFactory = _ => 1000 }.Within(1, 1_000_000);
        var edges = new Option<int>("--edges") { Description = "How many edges.", DefaultValueFactory = _ => 2 }.Within(1, 16);
        var command = new Command("revocation", "Measure from a change's acknowledgement to the first refusal at each edge.") { changes, edges };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(changes), parsed.GetValue(edges), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int changes, int edges, CancellationToken cancellation)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"edgecache-revocation-{Environment.ProcessId}");
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
            await using var deployment = await RevocationDeployment.StartAsync(ProductPrograms.Find(), directory, edges, http, cancellation);
            var (times, all) = await new RevocationRun(deployment, http).MeasureAsync(changes, cancellation);
            Print(times, all, edges);
            return 0;
        }
        catch (ServerException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static void Print(IReadOnlyList<(string Name, LatencyHistogram Times)> times, LatencyHistogram all, int edges)
    {
        Console.WriteLine($"{"ms from acknowledgement to refusal, " + edges + " edges",-48} {"n",6} {"p50",8} {"p99",8} {"max",8}");
        foreach (var (name, histogram) in times)
        {
            Row(name, histogram);
        }

        Row("all", all);
    }

    private static void Row(string name, LatencyHistogram times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-48} {times.Count,6} {Milliseconds(times, 0.5),8:F1} {Milliseconds(times, 0.99),8:F1} {times.Max.TotalMilliseconds,8:F1}"));

    private static double Milliseconds(LatencyHistogram times, double quantile) => times.Count == 0 ? 0 : times.Percentile(quantile).TotalMilliseconds;
}
