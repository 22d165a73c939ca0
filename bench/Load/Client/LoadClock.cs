using System.Diagnostics;

namespace EdgeCache.Load.Client;

/// <summary>Monotonic nanoseconds since the start of a run.</summary>
internal sealed class LoadClock
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long _start = Stopwatch.GetTimestamp();

    public long Now => (long)((Stopwatch.GetTimestamp() - _start) * NanosecondsPerTick);
}
