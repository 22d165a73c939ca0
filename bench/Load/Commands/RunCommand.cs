using System.CommandLine;
using EdgeCache.Load.Comparison;
using EdgeCache.Load.Data;
using EdgeCache.Load.Report;
using EdgeCache.Load.Scenarios;
using EdgeCache.Load.Servers;
using EdgeCache.Load.Servers.Peers;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Load.Commands;

/// <summary><c>run</c>: measures hits and misses beside nginx, Varnish and Traffic Server in one interleaved run, and then what only the product does.</summary>
internal static class RunCommand
{
    private const string Results = "TestResults/load";

    private static readonly TimeSpan PrepareTimeout = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 5 }.Within(1, 1000);
        var seconds = new Option<double>("--seconds") { Description = "The length of one measurement of hits.", DefaultValueFactory = _ => 4 }
            .Within(0.1, 3600);
        var warmup = new Option<double>("--warm-seconds") { Description = "How long each workload runs unmeasured.", DefaultValueFactory = _ => 5 }
            .Within(0, 3600);
        var large = SizeOption.Create("--large", 1L << 30, "The size of the large object.");
        var cache = SizeOption.Create("--cache-size", 20L << 30, "The limit of each cache on disk.");
        var seed = new Option<ulong>("--seed") { Description = "The content's seed.", DefaultValueFactory = _ => 1 };
        var rate = new Option<double?>("--rate") { Description = "Small objects: requests per second as an open loop.", HelpName = "PER-SECOND" };
        var verify = new Option<bool>("--verify") { Description = "Compare every body (the client then limits the speed)." };
        var workers = new Option<int>("--nginx-workers") { Description = "Workers of each nginx, threads of Traffic Server.", DefaultValueFactory = _ => 2 }.Within(1, 1024);
        var workloads = new Option<string[]>("--workloads") { Description = "Only these workloads.", AllowMultipleArgumentsPerToken = true };
        workloads.AcceptOnlyFromAmong([.. Workload.All(new DataSet(0, 1)).Select(workload => workload.Name), .. ScenarioRun.Names]);
        var servers = new Option<string[]>("--servers") { Description = "Only these servers.", AllowMultipleArgumentsPerToken = true };
        servers.AcceptOnlyFromAmong([.. ServerGroup.Names]);
        var edge = new Option<string[]>("--edge-argument")
        {
            Description = "A further argument of the edge, such as Edge:Name=value.", HelpName = "ARGUMENT",
        };
        var objects = new Option<int>("--objects") { Description = "metadata: objects in the bucket.", DefaultValueFactory = _ => 1_000_000 }
            .Within(1000, 100_000_000);
        var byS3 = new Option<bool>("--objects-by-s3") { Description = "metadata: make them by a PUT each, instead of copying rows in the catalog." };
        var idle = new Option<int>("--connections") { Description = "connections: idle ones.", DefaultValueFactory = _ => 10_000 }.Within(1, 1_000_000);
        var uploads = new Option<int>("--uploads") { Description = "connections: slow uploads at once.", DefaultValueFactory = _ => 1000 }.Within(1, 100_000);
        var simulated = SizeOption.Create("--simulated-cache", 100_000_000_000, "startup: what the cache's journal speaks of.");
        var work = new Option<string?>("--work") { Description = "Data and caches; kept. Default: a temporary directory, removed.", HelpName = "DIR" };
        var output = new Option<string>("--out") { Description = "The reports.", HelpName = "DIR", DefaultValueFactory = _ => Results };
        var command = new Command("run", "Measure EdgeCache beside nginx, Varnish and Traffic Server.")
        {
            rounds, seconds, warmup, large, cache, seed, rate, verify, workers, workloads, servers, edge, objects, byS3, idle, uploads, simulated, work, output,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var settings = new RunSettings
            {
                Seed = parsed.GetValue(seed),
                Rounds = parsed.GetValue(rounds),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Warmup = TimeSpan.FromSeconds(parsed.GetValue(warmup)),
                LargeSize = parsed.GetValue(large),
                CacheSize = parsed.GetValue(cache),
                Rate = parsed.GetValue(rate),
                Verify = parsed.GetValue(verify),
                NginxWorkers = parsed.GetValue(workers),
                Workloads = parsed.GetValue(workloads) ?? [],
                Servers = parsed.GetValue(servers) ?? [],
                EdgeArguments = [.. (parsed.GetValue(edge) ?? []).Select(argument => $"--{argument.TrimStart('-')}")],
                Objects = parsed.GetValue(objects),
                ObjectsByS3 = parsed.GetValue(byS3),
                IdleConnections = parsed.GetValue(idle),
                SlowUploads = parsed.GetValue(uploads),
                SimulatedCache = parsed.GetValue(simulated),
                WorkDirectory = Path.GetFullPath(parsed.GetValue(work) ?? Path.Combine(Path.GetTempPath(), $"edgecache-load-{Environment.ProcessId}")),
            };
            return RunAsync(settings, parsed.GetValue(work) is not null, parsed.GetValue(output)!, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, bool keepWork, string output, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("run needs Linux: it reads /proc and uses epoll.");
            return 2;
        }

        // The objects of the cold reads stay in the caches beside the data set; more of them would push it out and hits would be misses.
        var needed = ((3L * settings.Rounds) + 3) * settings.LargeSize;
        if (settings.CacheSize < needed)
        {
            await Console.Error.WriteLineAsync($"--cache-size {ByteSize.Format(settings.CacheSize)} is too small: {settings.Rounds} rounds need {needed >> 20}MiB.");
            return 2;
        }

        try
        {
            var text = await (await MeasureAsync(settings, cancellation)).WriteAsync(output, cancellation);
            Console.WriteLine();
            Console.Write(text);
            Console.WriteLine($"\nwritten to {Path.GetFullPath(output)}");
            return 0;
        }
        catch (ServerException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped; all servers are down");
            return 130;
        }
        finally
        {
            if (!keepWork && Directory.Exists(settings.WorkDirectory))
            {
                Directory.Delete(settings.WorkDirectory, recursive: true);
            }
        }
    }

    private static async Task<ComparisonReport> MeasureAsync(RunSettings settings, CancellationToken cancellation)
    {
        Directory.CreateDirectory(settings.WorkDirectory);
        var progress = new ConsoleLines();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = PrepareTimeout };
        var programs = ProductPrograms.Find();
        var peers = new Dictionary<string, string>();
        foreach (var (program, package, versionArgument) in ServerGroup.Peers)
        {
            peers[package] = File.Exists(program) ? await PeerProcess.VersionAsync(program, versionArgument, cancellation) : "not installed";
        }

        var machine = MachineFacts.Read(programs.Version, peers);
        var (evidence, measurements) = await CompareAsync(settings, http, progress, cancellation);
        var figures = await ScenarioRun.MeasureAsync(new ScenarioContext(settings, programs, http, progress), cancellation);
        machine = machine with { LoadAverageAfter = MachineFacts.LoadAverage() };
        return new ComparisonReport(machine, settings, evidence, Summary.Of(measurements), measurements, figures);
    }

    private static async Task<(IReadOnlyDictionary<string, string> Evidence, IReadOnlyList<Measurement> Measurements)> CompareAsync(
        RunSettings settings, HttpClient http, IProgress<string> progress, CancellationToken cancellation)
    {
        var data = new DataSet(settings.Seed, settings.LargeSize);
        if (!Workload.All(data).Any(workload => settings.Wants(workload.Name)))
        {
            return (new Dictionary<string, string>(), []);
        }

        await using var group = await ServerGroup.StartAsync(settings, data, http, progress, cancellation);
        var run = new ComparisonRun(settings, group.Servers, data, progress);
        await run.WarmAsync(cancellation);
        var evidence = await HitEvidence.CollectAsync(group.Servers, data, http, cancellation);
        return (evidence, await run.MeasureAsync(cancellation));
    }
}
