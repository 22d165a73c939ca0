using System.CommandLine;
using EdgeCache.Load.FarLink;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Commands;

/// <summary><c>far</c>: measures a cold edge at the other end of a long way beside a parallel downloader.</summary>
internal static class FarLinkCommand
{
    private static readonly TimeSpan PrepareTimeout = TimeSpan.FromMinutes(10);

    private const long MaxCopied = 5L << 30;

    public static Command Create()
    {
        var roundTrip = new Option<double>("--round-trip") { Description = "Milliseconds there and back.", DefaultValueFactory = _ => 40 }.Within(0, 1000);
        var window = SizeOption.Create("--window", 256 << 10, "The bytes on their way per connection and direction.");
        var size = SizeOption.Create("--size", 1L << 30, "The size of the large object.");
        var ways = new Option<int>("--ways") { Description = "Connections of the parallel downloader.", DefaultValueFactory = _ => 16 }.Within(1, 1024);
        var part = SizeOption.Create("--part", 8 << 20, "The size of its ranges.");
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured, in turn.", DefaultValueFactory = _ => 3 }.Within(1, 100);
        var firstBytes = new Option<int>("--first-bytes") { Description = "Cold objects read for the first byte.", DefaultValueFactory = _ => 30 }.Within(1, 1000);
        var edge = new Option<string[]>("--edge-argument") { Description = "A further argument of the edge, such as Edge:Name=value.", HelpName = "ARGUMENT" };
        var command = new Command("far", "Measure one plain GET through a cold edge over a long way, beside a parallel downloader.")
        {
            roundTrip, window, size, ways, part, rounds, firstBytes, edge,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(size) > MaxCopied && result.GetValue(rounds) > 1)
            {
                result.AddError("An object of more than 5 GiB is measured in one round: it can't be copied.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            new FarLinkSettings(
                TimeSpan.FromMilliseconds(parsed.GetValue(roundTrip)),
                (int)parsed.GetValue(window),
                parsed.GetValue(size),
                parsed.GetValue(ways),
                parsed.GetValue(part),
                parsed.GetValue(rounds),
                parsed.GetValue(firstBytes),
                (parsed.GetValue(rounds) + 1) * parsed.GetValue(size) * 2,
                [.. (parsed.GetValue(edge) ?? []).Select(argument => $"--{argument.TrimStart('-')}")]),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(FarLinkSettings settings, CancellationToken cancellation)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"edgecache-far-{Environment.ProcessId}");
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = PrepareTimeout };
            await using var far = await FarDeployment.StartAsync(ProductPrograms.Find(), directory, settings, http, cancellation);
            var result = await new FarLinkRun(far, settings, new ConsoleLines()).MeasureAsync(cancellation);
            Console.WriteLine(result.Format(settings));
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
}
