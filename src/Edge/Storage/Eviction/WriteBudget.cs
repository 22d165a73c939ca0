namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>
/// How much may be written to the drive: a token bucket that spares a flash drive's endurance. What must be written anyway is charged and may
/// overdraw it; what can be left is refused until it has filled up again. Safe for concurrent use.
/// </summary>
/// <param name="bytesPerSecond">The sustained rate; null for no limit.</param>
/// <param name="burst">What may be written at once after a pause, in bytes.</param>
/// <param name="time">The clock.</param>
internal sealed class WriteBudget(long? bytesPerSecond, long burst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _asOf = time.GetTimestamp();

    /// <summary>Takes <paramref name="bytes"/> if there are so many.</summary>
    public bool TrySpend(int bytes) => Take(bytes, force: false);

    /// <summary>Takes <paramref name="bytes"/> in any case; the debt holds later spenders off.</summary>
    public void Charge(int bytes) => Take(bytes, force: true);

    private bool Take(int bytes, bool force)
    {
        if (bytesPerSecond is not { } rate)
            return true;

        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_asOf, now).TotalSeconds * rate));
            _asOf = now;
            if (!force && _tokens < bytes)
                return false;

            _tokens -= bytes;
            return true;
        }
    }
}
