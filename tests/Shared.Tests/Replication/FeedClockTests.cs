using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Replication;

public sealed class FeedClockTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_frame_counts_from_when_it_was_made_and_never_from_when_it_arrives()
    {
        _time.Advance(TimeSpan.FromSeconds(100));
        var clock = new FeedClock(_time);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), _time.GetElapsedTime(clock.Place(Frame(0))!.Value));
        Assert.Equal(30 - (10 * (1 - FeedClock.MaxDrift)), _time.GetElapsedTime(clock.Place(Frame(10_000))!.Value).TotalSeconds, 3);
    }

    [Fact]
    public void A_frame_that_completes_nothing_has_no_place() => Assert.Null(new FeedClock(_time).Place(Frame(null)));

    [Fact]
    public void A_frame_from_the_future_ends_the_connection()
    {
        var clock = new FeedClock(_time);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(clock.Place(Frame(10_004))); // within the drift of two clocks
        Assert.Throws<InvalidDataException>(() => clock.Place(Frame(10_006)));
    }

    private static FeedFrame Frame(long? completeAt) => new("e", 1, false, []) { CompleteAt = completeAt };
}
