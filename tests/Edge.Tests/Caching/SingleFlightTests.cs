using EdgeCache.Edge.Caching;

namespace EdgeCache.Edge.Tests.Caching;

public sealed class SingleFlightTests
{
    private readonly SingleFlight<string, int> _flights = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Equal_questions_share_one_flight_and_others_do_not()
    {
        var landing = new TaskCompletionSource<int>();
        var started = 0;
        Task<int> Start(string name)
        {
            Interlocked.Increment(ref started);
            return landing.Task;
        }

        var all = Enumerable.Range(0, 10).Select(i => _flights.JoinAsync("a", Start, Token, out _)).Append(_flights.JoinAsync("b", Start, Token, out _)).ToArray();
        landing.SetResult(5);
        Assert.All(await Task.WhenAll(all), static answer => Assert.Equal(5, answer));
        Assert.Equal(2, started);
    }

    [Fact]
    public async Task Who_comes_after_the_landing_starts_anew()
    {
        Assert.Equal(1, await _flights.JoinAsync("a", static _ => Task.FromResult(1), Token, out _));
        Assert.Equal(2, await _flights.JoinAsync("a", static _ => Task.FromResult(2), Token, out _));
    }

    [Fact]
    public async Task Who_leaves_cancels_nothing_for_the_others()
    {
        var landing = new TaskCompletionSource<int>();
        using var impatience = new CancellationTokenSource();
        var leaver = _flights.JoinAsync("a", _ => landing.Task, impatience.Token, out _);
        var stayer = _flights.JoinAsync("a", static _ => throw new InvalidOperationException("There is a flight."), Token, out _);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        landing.SetResult(3);
        Assert.Equal(3, await stayer);
    }

    [Fact]
    public async Task A_crash_reaches_everyone_and_the_next_flight_starts()
    {
        var landing = new TaskCompletionSource<int>();
        var first = _flights.JoinAsync("a", _ => landing.Task, Token, out _);
        var second = _flights.JoinAsync("a", _ => landing.Task, Token, out _);
        landing.SetException(new InvalidOperationException("crash"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        Assert.Equal(2, await _flights.JoinAsync("a", static _ => Task.FromResult(2), Token, out _));
    }
}
