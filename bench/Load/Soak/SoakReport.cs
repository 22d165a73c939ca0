using System.Globalization;
using System.Text;

namespace EdgeCache.Load.Soak;

/// <summary>What a soak found, as Markdown.</summary>
internal sealed class SoakReport(SoakSettings settings, SoakTally tally, IReadOnlyList<SoakSample> samples)
{
    /// <summary>Memory that an edge may take besides its budgets, in bytes: a runtime, its buffers, connections.</summary>
    private const long MemoryBound = 1536L << 20;

    /// <summary>Open files and sockets that an edge may have with these few clients.</summary>
    private const int HandleBound = 1024;

    /// <summary>What must not be; empty when the soak is passed.</summary>
    public IEnumerable<string> Faults()
    {
        if (tally.WrongCount > 0)
        {
            yield return $"{tally.WrongCount} wrong answers";
        }

        if (tally.Unexcused > 0)
        {
            yield return $"{tally.Unexcused} requests failed while nothing was broken";
        }

        if (tally.Bytes == 0)
        {
            yield return "nothing was read";
        }

        if (samples.Count == 0 || samples.Max(static s => s.DiskBytes) > settings.CacheSize)
        {
            yield return "the disk budget was exceeded";
        }

        if (samples.Count == 0 || samples.Max(static s => s.ResidentBytes) > MemoryBound)
        {
            yield return "an edge took too much memory";
        }

        if (samples.Count == 0 || samples.Max(static s => s.Handles) > HandleBound)
        {
            yield return "an edge had too many open files";
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Line($"{settings.Duration} with seed {settings.Seed}, {settings.Workers} clients, {SoakSettings.Edges} edges of {Mebibytes(settings.CacheSize)} MiB, a fault every {settings.FaultInterval.TotalSeconds:0} s:");
        Line($"{tally.Requests.Values.Sum():N0} requests, {tally.Bytes / 1e9:F1} GB read and compared, **{tally.WrongCount} wrong answers**, {tally.Unexcused} failures while nothing was broken.");
        Line($"");
        Line($"| request | outcome | count |");
        Line($"| --- | --- | ---: |");
        foreach (var ((request, outcome), count) in tally.Requests.OrderBy(static r => r.Key))
        {
            Line($"| {request} | {outcome} | {count:N0} |");
        }

        Line($"");
        Line($"Faults: {string.Join(", ", tally.Faults.OrderBy(static f => f.Key).Select(static f => $"{f.Key} {f.Value}"))}.");
        Line($"");
        Line($"| of an edge | first quarter | last quarter | most | bound |");
        Line($"| --- | ---: | ---: | ---: | ---: |");
        Row("memory, MiB", static s => s.ResidentBytes, MemoryBound, Mebibytes);
        Row("open files and sockets", static s => s.Handles, HandleBound, static v => v);
        Row("cache on disk, MiB", static s => s.DiskBytes, settings.CacheSize, Mebibytes);
        foreach (var wrong in tally.Wrong)
        {
            Line($"- {wrong}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        void Row(string name, Func<SoakSample, long> select, long bound, Func<long, long> scale)
        {
            var quarter = Math.Max(1, samples.Count / 4);
            var (early, late) = (samples.Take(quarter).Select(select), samples.TakeLast(quarter).Select(select));
            if (samples.Count > 0)
            {
                Line($"| {name} | {scale((long)early.Average())} | {scale((long)late.Average())} | {scale(samples.Max(select))} | {scale(bound)} |");
            }
        }
    }

    private static long Mebibytes(long bytes) => bytes >> 20;
}
