using System.Numerics;

namespace EdgeCache.Load.Client;

/// <summary>
/// Counts durations in log-linear buckets (the layout of HdrHistogram): exact below 256 ns, above within 1/128 of the value, from a
/// nanosecond to centuries in 58 KiB. Recording allocates nothing. For one thread.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubBuckets = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits + 1) * SubBuckets];

    /// <summary>The number of values.</summary>
    public long Count { get; private set; }

    /// <summary>The largest value, exact; zero without values.</summary>
    public TimeSpan Max => TimeSpan.FromTicks(MaxNanoseconds / 100);

    private long MaxNanoseconds { get; set; }

    /// <summary>Counts one value; a negative one counts as zero.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        _counts[IndexOf(nanoseconds)]++;
        Count++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    /// <summary>The smallest value that <paramref name="fraction"/> (0 to 1) of the values do not exceed, within a bucket's width.</summary>
    public TimeSpan Percentile(double fraction)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return TimeSpan.FromTicks(Math.Min(UpperBound(i), MaxNanoseconds) / 100);
            }
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long UpperBound(int index)
    {
        if (index < 2 * SubBuckets)
        {
            return index;
        }

        var shift = (index >> SubBits) - 1;
        var sub = index - (shift << SubBits);
        return (((long)sub + 1) << shift) - 1;
    }
}
