using System.CommandLine;
using EdgeCache.Load.Servers;
using EdgeCache.Load.Soak;

namespace EdgeCache.Load.Commands;

/// <summary><c>soak</c>: mixed load with faults for a while.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var duration = new Option<TimeSpan>("--duration") { Description = "For how long, e.g. 00:30:00.", DefaultValueFactory = _ => TimeSpan.FromMinutes(1) };
        var seed = new Option<int>("--seed") { Description = "What objects, requests and faults follow from.", DefaultValueFactory = _ => 1 };
        var workers = new Option<int>("--clients") { Description = "How many clients, with one request at a time each.", DefaultValueFactory = _ => 16 }.Within(1, 256);
        var cacheSize = SizeOption.Create("--cache-size", 512L << 20, "Disk budget of each edge; the objects are twice as large together.");
        var interval = new Option<TimeSpan>("--fault-interval") { Description = "The pause between two faults.", DefaultValueFactory = _ => TimeSpan.FromSeconds(10) };
        var command = new Command("soak", "Read, write and break for a while, and check every byte.") { duration, seed, workers, cacheSize, interval };
        command.SetAction((parsed, cancellation) => RunAsync(
            new SoakSettings(
                parsed.GetValue(duration), parsed.GetValue(seed), parsed.GetValue(workers), parsed.GetValue(cacheSize), parsed.GetValue(interval)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(SoakSettings settings, CancellationToken cancellation)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"edgecache-soak-{Environment.ProcessId}");
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
            await using var deployment = await SoakDeployment.StartAsync(ProductPrograms.Find(), directory, settings, http, cancellation);
            var report = await new SoakRun(deployment, settings, http).RunAsync(cancellation);
            Console.WriteLine(report);
            var faults = report.Faults().ToList();
            foreach (var fault in faults)
            {
                await Console.Error.WriteLineAsync($"soak: {fault}");
            }

            return faults.Count == 0 ? 0 : 1;
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
}
