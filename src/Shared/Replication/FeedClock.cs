namespace EdgeCache.Shared.Replication;

/// <summary>
/// Places the frames of one feed connection on the subscriber's own clock: for each it tells a moment by which all that was committed is known once the
/// frame is applied. Not when the frame arrived counts, since it may have waited on its way, alone or before a backlog, but when the sender looked.
/// The sender states that on its own clock, counted from the arrival of the subscriber's request, and that request arrived no earlier than it was sent.
/// So the moment is never too late, whatever the network does; it is too early by the request's way and the allowance for drift.
/// </summary>
/// <param name="time">The subscriber's clock. Create the instance before the request is sent.</param>
public sealed class FeedClock(TimeProvider time)
{
    /// <summary>How far two monotonic clocks may run apart, as a share of the time: as fast as Linux slews one.</summary>
    public const double MaxDrift = 0.0005;

    private readonly long _askedAt = time.GetTimestamp();

    /// <summary>A connection of this age should be replaced by a new one: the allowance for drift (150 ms by then) takes from how long a frame vouches.</summary>
    public static TimeSpan MaxAge { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long ago the instance was made.</summary>
    public TimeSpan Age => time.GetElapsedTime(_askedAt);

    /// <summary>The moment, as a timestamp of the subscriber's clock; null when the frame does not complete what was committed.</summary>
    /// <exception cref="InvalidDataException">The frame comes from the future: the clocks run apart, or this machine stood still. The connection is to be given up.</exception>
    public long? Place(FeedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.CompleteAt is not { } milliseconds)
        {
            return null;
        }

        var at = _askedAt + (long)(milliseconds * (1 - MaxDrift) * time.TimestampFrequency / 1000);
        return at <= time.GetTimestamp() ? at : throw new InvalidDataException("The feed's sender is ahead of this machine's clock.");
    }
}
