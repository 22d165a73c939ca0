using System.Collections.Concurrent;

namespace EdgeCache.Edge.Caching;

/// <summary>
/// Coalesces equal questions: while one is under way, whoever asks the same waits for its answer. The work belongs to no caller: it runs to its
/// own end, and a caller that leaves cancels nothing for the others. At most one flight per name, and never more flights than callers came.
/// </summary>
internal sealed class SingleFlight<TName, TAnswer>
    where TName : notnull
{
    private readonly ConcurrentDictionary<TName, Task<TAnswer>> _flights = new();

    /// <summary>Joins the flight of that name, or starts it.</summary>
    /// <param name="name">What is asked.</param>
    /// <param name="start">Asks.</param>
    /// <param name="cancellationToken">Ends the wait, not the flight.</param>
    /// <param name="isOwn">
    /// Whether this call started the flight. When not, the flight may have begun before the caller's own need did; a flight joined after one such
    /// has landed began after it, since a flight leaves the table before it lands.
    /// </param>
    public Task<TAnswer> JoinAsync(TName name, Func<TName, Task<TAnswer>> start, CancellationToken cancellationToken, out bool isOwn)
    {
        isOwn = false;
        while (true)
        {
            if (_flights.TryGetValue(name, out var flight))
            {
                return flight.WaitAsync(cancellationToken);
            }

            var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_flights.TryAdd(name, answer.Task))
            {
                isOwn = true;
                _ = FlyAsync(name, start, answer);
                return answer.Task.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task FlyAsync(TName name, Func<TName, Task<TAnswer>> start, TaskCompletionSource<TAnswer> answer)
    {
        // The flight leaves the table before it lands, so that whoever finds its answer too old starts a new one.
        try
        {
            var result = await start(name);
            _flights.TryRemove(new(name, answer.Task));
            answer.SetResult(result);
        }
        catch (Exception e)
        {
            _flights.TryRemove(new(name, answer.Task));
            answer.SetException(e);
            _ = answer.Task.Exception; // every caller may have left: observed here
        }
    }
}
