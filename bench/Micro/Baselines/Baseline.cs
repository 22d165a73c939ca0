using System.Text.Json;

namespace EdgeCache.Micro.Baselines;

/// <summary>What a benchmark allocated per operation when the baseline was made, and its time over that of another benchmark of the same run.</summary>
/// <param name="Name">Type, method and parameters, e.g. <c>ChecksumBenchmarks.Crc32Fast[Size=65536]</c>.</param>
/// <param name="Allocated">Bytes per operation.</param>
/// <param name="Reference">The benchmark that the time is divided by; null for none.</param>
/// <param name="Ratio">The quotient.</param>
internal sealed record BaselineEntry(string Name, long Allocated, string? Reference = null, double Ratio = 0);

/// <summary>What a run found of one benchmark.</summary>
/// <param name="Name">As in <see cref="BaselineEntry"/>.</param>
/// <param name="Allocated">Bytes per operation.</param>
/// <param name="Nanoseconds">The mean time of an operation.</param>
internal sealed record MeasuredBenchmark(string Name, long Allocated, double Nanoseconds);

/// <summary>The committed baseline, a small JSON file.</summary>
internal static class Baseline
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static async Task<IReadOnlyList<BaselineEntry>> ReadAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<BaselineEntry[]>(stream, Json) ?? [];
    }

    public static async Task WriteAsync(string file, IEnumerable<BaselineEntry> entries) =>
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(entries.ToArray(), Json) + "\n");
}
