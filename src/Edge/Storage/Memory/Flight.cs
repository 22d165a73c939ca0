namespace EdgeCache.Edge.Storage.Memory;

/// <summary>What makes two requests the same work.</summary>
internal readonly record struct FlightKey(string Key, Microsoft.Extensions.Caching.Hybrid.HybridCacheEntryFlags Flags, Type Type);

/// <summary>Work that several callers wait for. It belongs to none of them: whoever comes joins, and only the last to leave cancels it.</summary>
/// <param name="key">What the work is for.</param>
/// <param name="started">When it started, by the <see cref="InvalidationClock"/>.</param>
internal abstract class Flight(FlightKey key, long started)
{
    // The caller that made it is the first. Zero is final: the work is then cancelled and nobody may join it.
    private int waiters = 1;

    /// <summary>What the work is for.</summary>
    public FlightKey Key => key;

    /// <summary>When it started.</summary>
    public long Started => started;

    /// <summary>Cancelled when the last waiter has left.</summary>
    protected CancellationTokenSource Abandoned { get; } = new();

    /// <summary>Becomes one of those who wait, unless the last one has left.</summary>
    public bool TryJoin()
    {
        var seen = Volatile.Read(ref waiters);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref waiters, seen + 1, seen);
            if (before == seen)
                return true;

            seen = before;
        }

        return false;
    }

    /// <summary>Stops waiting; true for the last to leave, whose part it is to cancel.</summary>
    protected bool Leave() => Interlocked.Decrement(ref waiters) == 0;
}

/// <summary>Work whose result is a value of one type.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
internal sealed class Flight<T>(FlightKey key, long started, Action<Flight> ended) : Flight(key, started)
{
    private readonly TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the work outside any caller's context, so that none of its ambient state leaks into it.</summary>
    public void Start<TState>(TState state, Func<TState, Flight<T>, CancellationToken, ValueTask<T>> work) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(state, work), null);

    /// <summary>Waits for the result; a caller that is cancelled leaves the work to the others.</summary>
    public async ValueTask<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await result.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            if (Leave() && !result.Task.IsCompleted)
            {
                ended(this);
                await Abandoned.CancelAsync();
            }
        }
    }

    private async Task RunAsync<TState>(TState state, Func<TState, Flight<T>, CancellationToken, ValueTask<T>> work)
    {
        try
        {
            var value = await work(state, this, Abandoned.Token);
            ended(this);
            result.TrySetResult(value);
        }
        catch (OperationCanceledException e) when (e.CancellationToken == Abandoned.Token)
        {
            ended(this);
            result.TrySetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            // Whatever the factory threw is the waiters' to handle.
            ended(this);
            result.TrySetException(e);
            _ = result.Task.Exception;
        }
    }
}
