using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using EdgeCache.Micro;
using EdgeCache.Micro.Baselines;
using EdgeCache.Micro.Restart;
using Perfolizer.Horology;

// Not benchmarks of BenchmarkDotNet's kind: each figure is a process that starts, or takes memory and disk rather than time.
if (args is ["restart", .. var restart])
    return await RestartCommand.RunAsync(restart);
if (args is ["compare", .. var compared])
    return await CompareCommand.RunAsync(compared);
if (args is ["small-objects", .. var counts])
{
    await SmallObjects.RunAsync(chunks: 100_000, blocks: counts is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 1_000_000);
    return 0;
}

if (args is ["followers"])
{
    await Followers.RunAsync(readers: 64);
    return 0;
}

// --quick runs every benchmark in this process with few, short iterations: it shows that a benchmark works and the order of its result.
const string quick = "--quick";
var config = DefaultConfig.Instance;
if (args.Contains(quick))
{
    config = ManualConfig.Create(config).AddJob(Job.ShortRun
        .WithIterationTime(TimeInterval.FromMilliseconds(100))
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithId("Quick"));
    args = [.. args.Where(argument => argument != quick)];
}

var summaries = BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args, config);
return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
