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

    /// <summary>What was to be reached, and what was.</summary>
    public IReadOnlyList<Target> Targets { get; } = Target.Of(Medians, Figures);

    /// <summary>Writes <c>report.json</c>, <c>report.txt</c> and <c>report.svg</c> into <paramref name="directory"/>; the text, for the terminal too.</summary>
    public async Task<string> WriteAsync(string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var text = TextReport.Format(this);
        if (SvgChart.Draw(this, TextReport.Facts(this)) is { } chart)
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "report.svg"), chart, cancellation);
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "report.txt"), text, cancellation);
        await File.WriteAllBytesAsync(Path.Combine(directory, "report.json"), JsonSerializer.SerializeToUtf8Bytes(this, Json), cancellation);
        return text;
    }
}
