using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Hosting;

/// <summary>The running followers of all feeds; disposing it stops them, and each writes its checkpoint.</summary>
internal sealed class FeedSet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public FeedSet(IEnumerable<FeedFollower> followers) =>
        _running = Task.WhenAll(followers.Select(f => Task.Run(() => f.RunAsync(_stop.Token))).ToArray());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
