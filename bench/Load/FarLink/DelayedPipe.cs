using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace EdgeCache.Load.FarLink;

/// <summary>
/// One direction of a connection through <see cref="DelayProxy"/>: every byte leaves a fixed time after it came. The bytes that are on their way are bounded, as
/// a TCP window bounds them: while the buffer is full nothing is read from the sender, so one connection carries at most the buffer's size per delay.
/// </summary>
internal sealed class DelayedPipe(Socket from, Socket to, TimeSpan delay, int capacity) : IDisposable
{
    private const int MaxRead = 64 << 10;

    private readonly byte[] _ring = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
    private readonly Channel<Piece> _onTheWay = Channel.CreateUnbounded<Piece>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly SemaphoreSlim _sent = new(0);
    private long _read;
    private long _written;

    /// <summary>Carries bytes until the sender ends or either side breaks; then passes the end on.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var reading = ReadAsync(cancellation);
        try
        {
            await foreach (var piece in _onTheWay.Reader.ReadAllAsync(cancellation))
            {
                await WaitUntilAsync(piece.Due, cancellation);
                if (piece.Count == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    break;
                }

                var at = (int)(_written % capacity);
                for (var done = 0; done < piece.Count;)
                {
                    done += await to.SendAsync(_ring.AsMemory(at + done, piece.Count - done), cancellation);
                }

                Interlocked.Add(ref _written, piece.Count);
                _sent.Release();
            }
        }
        finally
        {
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _sent.Dispose();

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var count = 1;
        while (count > 0)
        {
            while (_read - Interlocked.Read(ref _written) == capacity)
            {
                await _sent.WaitAsync(cancellation);
            }

            var at = (int)(_read % capacity);
            var room = (int)Math.Min(Math.Min(capacity - at, capacity - (_read - Interlocked.Read(ref _written))), MaxRead);
            try
            {
                count = await from.ReceiveAsync(_ring.AsMemory(at, room), cancellation);
            }
            catch (SocketException)
            {
                count = 0;
            }

            _read += count;
            _onTheWay.Writer.TryWrite(new Piece(Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency), count));
        }

        _onTheWay.Writer.Complete();
    }

    private static async Task WaitUntilAsync(long due, CancellationToken cancellation)
    {
        while (due - Stopwatch.GetTimestamp() is var left and > 0)
        {
            // The timer's grain is a millisecond; waiting a fraction less would only spin.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000.0 / Stopwatch.Frequency)), TimeProvider.System, cancellation);
        }
    }

    private readonly record struct Piece(long Due, int Count);
}
