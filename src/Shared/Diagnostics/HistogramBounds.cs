using System.Diagnostics.Metrics;
using System.Numerics;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>Chooses the upper bounds of a histogram's buckets: what the instrument advises, or else what suits its unit.</summary>
internal static class HistogramBounds
{
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] Bytes = [.. Enumerable.Range(0, 12).Select(static i => Math.Pow(4, i) * 1024)];
    private static readonly double[] Other = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    /// <summary>The bounds for <paramref name="instrument"/>, ascending, without infinity.</summary>
    public static double[] For(Instrument instrument) =>
        Advised<double>(instrument) ?? Advised<float>(instrument) ?? Advised<decimal>(instrument) ??
        Advised<long>(instrument) ?? Advised<int>(instrument) ?? Advised<short>(instrument) ?? Advised<byte>(instrument) ??
        instrument.Unit switch
        {
            "s" => Seconds,
            "By" => Bytes,
            _ => Other,
        };

    private static double[]? Advised<T>(Instrument instrument)
        where T : struct, INumber<T> =>
        (instrument as Histogram<T>)?.Advice?.HistogramBucketBoundaries is { } bounds
            ? [.. bounds.Select(double.CreateChecked).Where(double.IsFinite).Order().Distinct()]
            : null;
}
