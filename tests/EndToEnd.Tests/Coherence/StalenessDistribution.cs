using System.Globalization;
using System.Text;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>For how long what reads returned had been overwritten when they began: percentiles, by kind of answer.</summary>
internal sealed class StalenessDistribution
{
    private readonly SortedDictionary<string, List<double>> _byKind = new(StringComparer.Ordinal);

    public void Add(string kind, TimeSpan age)
    {
        if (!_byKind.TryGetValue(kind, out var ages))
        {
            _byKind.Add(kind, ages = []);
        }

        ages.Add(age.TotalMilliseconds);
    }

    public int Count(string kind) => _byKind.GetValueOrDefault(kind)?.Count ?? 0;

    /// <summary>A table in Markdown; ages in milliseconds, of the reads that returned something overwritten.</summary>
    public override string ToString()
    {
        var table = new StringBuilder("| answers | reads | overwritten before | p50 | p90 | p99 | max |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var (kind, all) in _byKind)
        {
            var old = all.Where(static a => a > 0).Order().ToList();
            table.Append(CultureInfo.InvariantCulture, $"| {kind} | {all.Count} | {old.Count} | {Percentile(old, 50)} | {Percentile(old, 90)} | {Percentile(old, 99)} | {Percentile(old, 100)} |\n");
        }

        return table.ToString();
    }

    private static string Percentile(List<double> sorted, int percent) => sorted.Count == 0
        ? "-"
        : sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)].ToString("0.0", CultureInfo.InvariantCulture);
}
