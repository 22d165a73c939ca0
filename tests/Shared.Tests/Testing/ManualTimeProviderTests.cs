using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Testing;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Timers_fire_in_due_order_and_see_their_due_time()
    {
        var start = _time.GetUtcNow();
        var seen = new List<(string Name, TimeSpan At)>();
        using var late = _time.CreateTimer(_ => seen.Add(("late", _time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var early = _time.CreateTimer(_ => seen.Add(("early", _time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var periodic = _time.CreateTimer(_ => seen.Add(("tick", _time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("early", S(1)), ("tick", S(2)), ("late", S(3)), ("tick", S(4))], seen);
        Assert.Equal(S(5), _time.GetUtcNow() - start);
        Assert.Equal(S(5), _time.GetElapsedTime(0));

        static TimeSpan S(int seconds) => TimeSpan.FromSeconds(seconds);
    }

    [Fact]
    public void A_changed_or_disposed_timer_does_not_fire_at_its_old_time()
    {
        var fired = 0;
        using var moved = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var gone = _time.CreateTimer(_ => fired += 100, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        moved.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        gone.Dispose();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, fired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Delays_and_cancellation_sources_follow_the_clock()
    {
        var stop = TestContext.Current.CancellationToken;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        var delay = Task.Delay(TimeSpan.FromSeconds(1), _time, stop);
        await _time.WhenArmedAsync(2, stop);

        _time.Advance(TimeSpan.FromSeconds(1));
        await delay;
        Assert.False(timeout.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(timeout.IsCancellationRequested);
    }

    [Fact]
    public async Task WhenArmed_completes_as_soon_as_the_wait_is_reached()
    {
        var stop = TestContext.Current.CancellationToken;
        var armed = _time.WhenArmedAsync(1, stop);
        Assert.False(armed.IsCompleted);
        using var timer = _time.CreateTimer(static _ => { }, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        await armed;
    }
}
