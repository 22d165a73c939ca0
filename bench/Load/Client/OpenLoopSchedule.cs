namespace EdgeCache.Load.Client;

/// <summary>
/// The times at which the requests of an open loop are due: evenly spaced, whatever the server does. Latency counted from these times does
/// not omit the wait of requests that a slow server kept from being sent ("coordinated omission").
/// </summary>
internal sealed class OpenLoopSchedule(double requestsPerSecond)
{
    private readonly double _period = 1e9 / requestsPerSecond;
    private long _taken;

    /// <summary>When the next request is due, in nanoseconds since the start.</summary>
    public long NextDue => (long)(_taken * _period);

    /// <summary>Takes the next request if it is due; <paramref name="due"/> is then its time.</summary>
    public bool TryTake(long now, out long due)
    {
        due = NextDue;
        if (due > now)
        {
            return false;
        }

        _taken++;
        return true;
    }
}
