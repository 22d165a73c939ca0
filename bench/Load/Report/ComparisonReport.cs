using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeCache.Load.Comparison;
using EdgeCache.Load.Scenarios;

namespace EdgeCache.Load.Report;

/// <summary>All that is known after a comparison: where and how it ran, each measurement, and the medians.</summary>
internal sealed record ComparisonReport(
    MachineFacts Machine,
    RunSettings Settings,
    IReadOnlyDictionary<string, string> HitEvidence,
    IReadOnlyList<Summary> Medians,
    IReadOnlyList<Measurement> Measurements,
    IReadOnlyList<Figure> Figures)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,

        // A measurement without a good answer has no bytes to divide by.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes <c>report.json</c> and <c>report.txt</c> into <paramref name="directory"/>; the text, for the terminal too.</summary>
    public async Task<string> WriteAsync(string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var text = TextReport.Format(this);
        await File.WriteAllTextAsync(Path.Combine(directory, "report.txt"), text, cancellation);
        await File.WriteAllBytesAsync(Path.Combine(directory, "report.json"), JsonSerializer.SerializeToUtf8Bytes(this, Json), cancellation);
        return text;
    }
}
