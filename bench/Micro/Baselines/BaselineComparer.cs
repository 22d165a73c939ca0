using System.Globalization;

namespace EdgeCache.Micro.Baselines;

/// <summary>
/// Compares a run with the baseline. Allocated bytes are the same on every machine: more of them fail. Times are not, and a shared machine's vary within a run:
/// a ratio that got worse only warns.
/// </summary>
internal static class BaselineComparer
{
    /// <summary>What other threads allocate meanwhile is counted too. An object takes 24 bytes at least: fewer per operation are not the benchmark's.</summary>
    public const long LeastObject = 24;

    /// <summary>Of what allocates much, so much more is such noise as well.</summary>
    public const double AllocationTolerance = 0.01;

    /// <summary>A time ratio warns from this multiple of the baseline's on.</summary>
    public const double RatioTolerance = 1.5;

    /// <summary>Two runs of the same benchmarks as one: of each the least, for what comes from elsewhere only ever adds.</summary>
    public static IReadOnlyList<MeasuredBenchmark> Least(IReadOnlyList<MeasuredBenchmark> run, IReadOnlyList<MeasuredBenchmark> again) =>
    [
        .. run.Concat(again).GroupBy(static benchmark => benchmark.Name).Select(static found => new MeasuredBenchmark(
            found.Key, found.Min(static benchmark => benchmark.Allocated), found.Min(static benchmark => benchmark.Nanoseconds))),
    ];

    /// <summary>The failures and the warnings, each a sentence.</summary>
    public static (IReadOnlyList<string> Failures, IReadOnlyList<string> Warnings) Compare(
        IReadOnlyList<BaselineEntry> baseline, IReadOnlyList<MeasuredBenchmark> run)
    {
        var (failures, warnings) = (new List<string>(), new List<string>());
        var measured = run.ToDictionary(static benchmark => benchmark.Name);
        foreach (var entry in baseline)
        {
            if (!measured.TryGetValue(entry.Name, out var now))
            {
                failures.Add($"{entry.Name} was not measured");
                continue;
            }

            if (now.Allocated - entry.Allocated >= LeastObject && now.Allocated > entry.Allocated * (1 + AllocationTolerance))
            {
                failures.Add($"{entry.Name} allocates {now.Allocated} B, {now.Allocated - entry.Allocated} B beyond its baseline of {entry.Allocated} B");
            }

            if (entry.Reference is null)
            {
                continue;
            }

            if (!measured.TryGetValue(entry.Reference, out var reference))
            {
                failures.Add($"{entry.Reference} was not measured, by which {entry.Name} is judged");
            }
            else if (now.Nanoseconds / reference.Nanoseconds is var ratio && ratio > entry.Ratio * RatioTolerance)
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{entry.Name} takes {ratio:0.###} of {entry.Reference}'s time, in the baseline {entry.Ratio:0.###}"));
            }
        }

        var known = baseline.Select(static entry => entry.Name).ToHashSet();
        warnings.AddRange(run.Where(benchmark => !known.Contains(benchmark.Name)).Select(static benchmark => $"{benchmark.Name} has no baseline"));
        return (failures, warnings);
    }
}
