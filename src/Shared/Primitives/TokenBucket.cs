namespace EdgeCache.Shared.Primitives;

/// <summary>Limits a rate: so many at once, and so many each second after that. Any number of threads may take.</summary>
public sealed class TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private double _tokens;
    private long _filledAt;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="perSecond">How many each second; positive.</param>
    /// <param name="burst">How many at once; positive.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(double perSecond, double burst, TimeProvider time) =>
        (_perSecond, _burst, _time, _tokens, _filledAt) = (perSecond, burst, time, burst, time.GetTimestamp());

    /// <summary>Takes one; false when there is none.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
            _filledAt = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
