using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace EdgeCache.Micro.Baselines;

/// <summary>
/// <c>compare [--update] [--only TEXT] [FILE]</c>: runs what a request passes on its way in this process, shortly, and compares it with the baseline; what seems worse is run
/// again, three times in all. Ends with 1 when something allocates more; <c>--update</c> writes the file anew; <c>--only</c> takes the benchmarks whose name has the text.
/// </summary>
internal static class CompareCommand
{
    private const string DefaultFile = "bench/Micro/Baselines/baseline.json";
    private const string Reference = $"{nameof(ReferenceBenchmarks)}.{nameof(ReferenceBenchmarks.Sha256Of4KiB)}";
    private const int Runs = 3;
    private const string Fast = "Fast";
    private const string Table = "Table";
    private const string ComparedSize = "[Size=65536]";

    private static readonly Type[] Compared =
    [
        typeof(ReferenceBenchmarks), typeof(SigV4Benchmarks), typeof(AccessBenchmarks), typeof(RequestParseBenchmarks), typeof(ChunkStoreBenchmarks),
        typeof(ResponseHeadBenchmarks), typeof(ChecksumBenchmarks), typeof(ListingBenchmarks),
    ];

    // What writes to the disk has no time that says something, and allocates on other threads.
    private static readonly string[] LeftOut = [nameof(ChunkStoreBenchmarks.Append4MiB)];

    public static async Task<int> RunAsync(string[] args)
    {
        var (update, only, file) = (false, "", (string?)null);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--update":
                    update = true;
                    break;
                case "--only" when i + 1 < args.Length:
                    only = args[++i];
                    break;
                case var option when option.StartsWith('-'):
                    await Console.Error.WriteLineAsync($"compare [--update] [--only TEXT] [FILE]: what is {option}?");
                    return 2;
                default:
                    file = args[i];
                    break;
            }
        }

        file ??= Path.Combine(Repository(), DefaultFile);
        var baseline = update ? [] : (await Baseline.ReadAsync(file)).Where(entry => IsWanted(entry.Name, only)).ToList();
        var run = Measure(only);
        for (var again = 1; again < Runs && (update || BaselineComparer.Compare(baseline, run) is not { Failures: [], Warnings: [] }); again++)
        {
            run = BaselineComparer.Least(run, Measure(only));
        }

        foreach (var benchmark in run)
        {
            Console.WriteLine($"{benchmark.Nanoseconds,14:N1} ns {benchmark.Allocated,10:N0} B  {benchmark.Name}");
        }

        if (update)
        {
            await Baseline.WriteAsync(file, run.Select(benchmark => Entry(benchmark, run)));
            Console.WriteLine($"{file}: {run.Count} benchmarks");
            return 0;
        }

        var (failures, warnings) = BaselineComparer.Compare(baseline, run);
        foreach (var warning in warnings)
        {
            Console.WriteLine($"warning: {warning}");
        }

        foreach (var failure in failures)
        {
            await Console.Error.WriteLineAsync($"failure: {failure}");
        }

        Console.WriteLine($"{baseline.Count} benchmarks compared, {failures.Count} failures, {warnings.Count} warnings");
        return failures.Count == 0 ? 0 : 1;
    }

    private static IReadOnlyList<MeasuredBenchmark> Measure(string only)
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(50)).WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .AddFilter(new SimpleFilter(benchmark => IsWanted(NameOf(benchmark), only)))
            .WithOptions(ConfigOptions.DisableLogFile);
        return
        [
            .. BenchmarkRunner.Run(Compared, config).SelectMany(static summary => summary.Reports)
                .Where(static report => report is { Success: true, ResultStatistics: not null })
                .Select(static report => new MeasuredBenchmark(
                    NameOf(report.BenchmarkCase),
                    report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0,
                    report.ResultStatistics!.Mean)),
        ];
    }

    private static bool IsWanted(string name, string only) =>
        (name == Reference || name.Contains(only, StringComparison.OrdinalIgnoreCase))
        && !LeftOut.Any(name.Contains)
        && (!name.StartsWith(nameof(ChecksumBenchmarks), StringComparison.Ordinal) || name.EndsWith(ComparedSize, StringComparison.Ordinal));

    private static string NameOf(BenchmarkCase benchmark) =>
        $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}{benchmark.Parameters.DisplayInfo}";

    /// <summary>A CRC is judged by its own by table look-ups, all else by SHA-256.</summary>
    private static BaselineEntry Entry(MeasuredBenchmark benchmark, IReadOnlyList<MeasuredBenchmark> run)
    {
        var table = benchmark.Name.Replace($"{Fast}[", $"{Table}[", StringComparison.Ordinal);
        var judge = run.FirstOrDefault(other => other.Name == table && table != benchmark.Name) ?? run.FirstOrDefault(static other => other.Name == Reference);
        return judge is null || judge == benchmark
            ? new BaselineEntry(benchmark.Name, benchmark.Allocated)
            : new BaselineEntry(benchmark.Name, benchmark.Allocated, judge.Name, Math.Round(benchmark.Nanoseconds / judge.Nanoseconds, 4));
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "EdgeCache.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? Environment.CurrentDirectory;
    }
}
