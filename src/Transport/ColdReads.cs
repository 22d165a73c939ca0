using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport;

/// <summary>
/// Brings stretches of files into the page cache on threads of its own. A sendfile that meets a page which is not there blocks its thread until the
/// disk has answered, and with it all connections that the thread serves.
/// </summary>
internal sealed class ColdReads(int threads) : IDisposable
{
    /// <summary>Requests that may wait; with more, a connection takes its chances.</summary>
    public const int QueueCapacity = 4096;

    /// <summary>
    /// What the disk is asked for at a time. The kernel reads no more than a device's read-ahead, at least 128 KiB, for one hint; pages that come
    /// in one after the other are waited for at the end of each.
    /// </summary>
    private const int Stride = 128 << 10;

    private const int StackSize = 128 << 10;

    private readonly BlockingCollection<Request> _queue = new(QueueCapacity);
    private int _started;
    private long _count;

    /// <summary>How many stretches were read.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Completes when a stretch was read into the page cache, or can't be: then sendfile tells why.</summary>
    /// <param name="file">Held open by the caller until this completes.</param>
    /// <param name="offset">Where the stretch begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="ahead">From <paramref name="offset"/> on, what the disk may go on with meanwhile.</param>
    public Task ReadAsync(SafeFileHandle file, long offset, int length, int ahead)
    {
        Start();
        var request = new Request(file, offset, length, ahead);
        try
        {
            return _queue.TryAdd(request) ? request.Done.Task : Task.CompletedTask;
        }
        catch (InvalidOperationException)
        {
            return Task.CompletedTask; // closed
        }
    }

    /// <summary>Ends the threads once what is queued is read.</summary>
    public void Dispose() => _queue.CompleteAdding();

    private void Start()
    {
        if (Volatile.Read(ref _started) != 0 || Interlocked.Exchange(ref _started, 1) != 0)
        {
            return;
        }

        for (var i = 0; i < threads; i++)
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "cold reads" }.Start();
        }
    }

    private void Run()
    {
        foreach (var request in _queue.GetConsumingEnumerable())
        {
            try
            {
                Read(request);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                // sendfile meets it again, and the connection is told then.
            }

            Interlocked.Increment(ref _count);
            request.Done.SetResult();
        }
    }

    private static void Read(Request request)
    {
        var (file, start, length, ahead, _) = request;
        for (long at = 0; at < ahead; at += Stride)
        {
            Kernel.ReadAhead(file, start + at, Math.Min(Stride, ahead - at));
        }

        Span<byte> probe = stackalloc byte[1];
        for (long at = 0; at < length; at += Stride)
        {
            _ = RandomAccess.Read(file, probe, start + at);
            _ = RandomAccess.Read(file, probe, start + Math.Min(at + Stride, length) - 1);
        }
    }

    private sealed record Request(SafeFileHandle File, long Offset, int Length, int Ahead, TaskCompletionSource Done)
    {
        public Request(SafeFileHandle file, long offset, int length, int ahead)
            : this(file, offset, length, ahead, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
        {
        }
    }
}
