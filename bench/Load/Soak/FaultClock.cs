using System.Diagnostics;

namespace EdgeCache.Load.Soak;

/// <summary>When something was broken: a failure of a request that was under way then, or soon after, is excused.</summary>
internal sealed class FaultClock
{
    /// <summary>How long after a fault ended its consequences may last: stalls are noticed, connections opened again, feeds caught up with.</summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private int _ongoing;
    private long _endedAt = long.MinValue;

    /// <summary>A fault begins; disposing what is returned ends it.</summary>
    public IDisposable Begin()
    {
        lock (_lock)
        {
            _ongoing++;
        }

        return new Fault(this);
    }

    /// <summary>Whether a request that began at <paramref name="begin"/> and ends now may have met a fault.</summary>
    public bool Excuses(long begin)
    {
        lock (_lock)
        {
            return _ongoing > 0 || (_endedAt != long.MinValue && Stopwatch.GetElapsedTime(_endedAt, begin) < Aftermath);
        }
    }

    private sealed class Fault(FaultClock clock) : IDisposable
    {
        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._ongoing--;
                clock._endedAt = Stopwatch.GetTimestamp();
            }
        }
    }
}
