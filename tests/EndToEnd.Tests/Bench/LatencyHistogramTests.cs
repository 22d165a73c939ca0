using EdgeCache.Load.Client;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class LatencyHistogramTests
{
    private const int Seed = 7;

    [Fact]
    public void Percentiles_are_within_a_bucket_of_the_exact_ones()
    {
        var random = new Random(Seed);
        var values = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 24)).ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        Array.Sort(values);
        foreach (var fraction in (double[])[0.01, 0.5, 0.9, 0.99, 0.999, 1])
        {
            var exact = values[(int)Math.Ceiling(fraction * values.Length) - 1];
            var found = histogram.Percentile(fraction).TotalNanoseconds;
            Assert.InRange(found, exact - 100, (exact * (1 + (1.0 / 128))) + 100);
        }

        Assert.Equal(values[^1] / 100, histogram.Max.Ticks);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(long.MaxValue)]
    public void The_ends_of_the_range_are_counted(long value)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        Assert.Equal(1, histogram.Count);
        Assert.Equal(Math.Max(0, value) / 100, histogram.Percentile(0.5).Ticks);
    }

    [Fact]
    public void Without_values_all_is_zero() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.99));
}
