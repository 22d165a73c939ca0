using System.Collections.Concurrent;

namespace EdgeCache.Origin.Blobs;

/// <summary>
/// Threads for calls that block on the disk (fsync, rename, link): the thread pool grows too slowly to lend its own to dozens of fsyncs.
/// </summary>
internal sealed class DiskThreads : IAsyncDisposable
{
    /// <summary>Calls that run at once.</summary>
    public const int Count = 16;

    /// <summary>Calls that may wait.</summary>
    public const int QueueCapacity = 4096;

    private readonly BlockingCollection<Action> _queue = new(QueueCapacity);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = Count;

    /// <summary>Starts the threads.</summary>
    public DiskThreads()
    {
        for (var i = 0; i < Count; i++)
        {
            new Thread(Run) { IsBackground = true, Name = "blob disk" }.Start();
        }
    }

    /// <summary>Runs a call on one of the threads; what it throws is the task's exception.</summary>
    /// <exception cref="IOException">Too many calls wait already, or the store is being closed.</exception>
    public Task<T> RunAsync<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!_queue.TryAdd(() => Complete(call, done)))
            {
                throw new IOException("Too many disk operations are waiting.");
            }
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("The blob store is closed.", e);
        }

        return done.Task;
    }

    /// <summary>Runs what is queued and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _stopped.Task;
        _queue.Dispose();
    }

    private static void Complete<T>(Func<T> call, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(call());
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Run()
    {
        foreach (var call in _queue.GetConsumingEnumerable())
        {
            call();
        }

        if (Interlocked.Decrement(ref _running) == 0)
        {
            _stopped.SetResult();
        }
    }
}
