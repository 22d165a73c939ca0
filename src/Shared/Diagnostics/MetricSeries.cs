namespace EdgeCache.Shared.Diagnostics;

/// <summary>The value of one label set. Recorders never wait for each other; a reader sees each field at some instant of its own.</summary>
/// <param name="labels">The labels in text form, without braces; empty for none.</param>
/// <param name="bounds">The upper bounds of a histogram's buckets, ascending and without infinity; null when this is no histogram.</param>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private long _whole;
    private double _real;

    public string Labels => labels;

    /// <summary>The part of the sum that was recorded in whole numbers: kept apart, so that byte counts stay exact.</summary>
    public long Whole => Volatile.Read(ref _whole);

    /// <summary>The rest of the sum.</summary>
    public double Real => Volatile.Read(ref _real);

    public void Add(long value) => Interlocked.Add(ref _whole, value);

    public void Add(double value)
    {
        var current = Volatile.Read(ref _real);
        while (true)
        {
            var seen = Interlocked.CompareExchange(ref _real, current + value, current);
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(current))
            {
                return;
            }

            current = seen;
        }
    }

    public void Set(double value) => Volatile.Write(ref _real, value);

    public void Observe(double value)
    {
        if (double.IsNaN(value))
        {
            return; // belongs to no bucket, and would make the sum useless for good
        }

        var bucket = Array.BinarySearch(bounds!, value);
        Interlocked.Increment(ref _buckets![bucket < 0 ? ~bucket : bucket]);
        Add(value);
    }

    /// <summary>Observations in bucket <paramref name="index"/> alone; the last bucket is that of infinity.</summary>
    public long CountIn(int index) => Volatile.Read(ref _buckets![index]);
}
