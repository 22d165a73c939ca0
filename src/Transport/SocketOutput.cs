using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport;

/// <summary>
/// What a connection sends: bytes that were written to its buffer, then at most one region of a file. Nothing is sent but by a flush, and a flush is
/// over when the kernel has all. The invariants are in this folder's README.
/// </summary>
internal sealed class SocketOutput(SocketConnection connection, Socket socket, ColdReads cold) : PipeWriter, IFileRegionSender
{
    /// <summary>
    /// The most that one sendfile takes, and the most that a connection sends without a wait, over as many flushes as there are, before others have
    /// their turn: without it, small requests beside cold reads stood still for 70 to 207 ms, with it for 16 to 38 (nginx: 15 to 33).
    /// </summary>
    public const int Turn = 2 << 20;

    /// <summary>What is sent by copy when the socket's buffer is full: that wait needs bytes, and on a wakeup there is room for more than these.</summary>
    public const int WaitPiece = 16 << 10;

    private const int MinBuffer = 4 << 10;

    private static readonly FlushResult Open = new(isCanceled: false, isCompleted: false);
    private static readonly FlushResult Closed = new(isCanceled: false, isCompleted: true);

    private readonly SafeSocketHandle _handle = socket.SafeHandle;
    private byte[]? _buffer;
    private int _written;
    private int _sent;
    private SafeFileHandle? _file;
    private Action<FileRegionFault>? _broken;
    private long _offset;
    private int _left;
    private bool _isAdvanced;
    private bool _isCopied;
    private long _residentUntil;
    private int _turn = Turn;
    private long _total;
    private int _isFlushing;
    private int _isWaiting;
    private TaskCompletionSource? _idle;
    private volatile bool _isClosed;

    /// <inheritdoc/>
    public bool IsBrokenOff => _isClosed;

    /// <inheritdoc/>
    public FileRegionFault Fault { get; private set; }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _written + (_isAdvanced ? _left : 0);

    /// <summary>Whether it waits for the client.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting) != 0;

    /// <summary>How many bytes the kernel has taken.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <inheritdoc/>
    public void Announce(SafeFileHandle file, long offset, int length, Action<FileRegionFault>? broken = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (_file is not null)
        {
            throw new InvalidOperationException("A region waits to be flushed already.");
        }

        (_file, _offset, _left, _residentUntil, _isCopied, _broken, Fault) = (file, offset, length, offset, false, broken, FileRegionFault.None);
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint).AsMemory(_written);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).AsSpan(_written);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_file is not null)
        {
            if (_isAdvanced || bytes != _left)
            {
                throw new InvalidOperationException($"A region of {_left} bytes was announced, and {bytes} were advanced.");
            }

            _isAdvanced = true;
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _written);
        _written += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        var step = _isClosed ? SendStep.Failed : Push();
        if (step is SendStep.Done or SendStep.Failed)
        {
            Reset();
            return ValueTask.FromResult(step == SendStep.Done ? Open : Closed);
        }

        return WaitAsync(step, cancellationToken);
    }

    /// <summary>Has no effect: what was handed over is sent, or the connection is aborted.</summary>
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // Who completes does not always flush; the kernel all but always has room for what is left.
        if (exception is null && !_isClosed && _isFlushing == 0 && _written > 0)
        {
            _ = Push();
        }

        _isClosed = true;
        if (_isFlushing == 0)
        {
            Reset();
        }
    }

    /// <summary>Completes when no flush is under way that uses the socket or a file. The connection is shut down by then.</summary>
    public Task WhenIdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _idle, idle);
        return Volatile.Read(ref _isFlushing) == 0 ? Task.CompletedTask : idle.Task;
    }

    private byte[] Room(int sizeHint)
    {
        if (_isAdvanced)
        {
            throw new InvalidOperationException("A region waits to be flushed: nothing can follow it before.");
        }

        var needed = _written + Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            return _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(needed, MinBuffer));
        }

        if (_buffer.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
            _buffer.AsSpan(0, _written).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer;
    }

    /// <summary>Hands the kernel what it takes at once, as long as the connection's turn lasts.</summary>
    private SendStep Push()
    {
        while (_sent < _written)
        {
            var count = Kernel.Send(_handle, _buffer.AsSpan(_sent, _written - _sent), more: _isAdvanced);
            if (count < 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Kernel.WouldBlock:
                        return SendStep.Blocked;
                    case Kernel.Interrupted:
                        continue;
                    default:
                        return Fail(FileRegionFault.None);
                }
            }

            _sent += count;
            Count(count);
        }

        return _isAdvanced ? PushRegion() : SendStep.Done;
    }

    private SendStep PushRegion()
    {
        while (_left > 0)
        {
            if (_turn <= 0)
            {
                return SendStep.TurnOver;
            }

            var count = Math.Min(_left, _turn);
            if (_offset >= _residentUntil)
            {
                if (!PageCache.Has(_file!, _offset, count))
                {
                    return SendStep.Cold;
                }

                _residentUntil = _offset + count;
            }

            if (_isCopied)
            {
                return SendStep.Copy;
            }

            var sent = Kernel.SendFile(_handle, _file!, _offset, count);
            if (sent > 0)
            {
                Sent(sent);
                _turn -= sent;
                continue;
            }

            if (sent == 0)
            {
                return Fail(FileRegionFault.Truncated);
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Kernel.WouldBlock:
                    return SendStep.Blocked;
                case Kernel.Interrupted:
                    continue;
                case Kernel.Invalid or Kernel.NoSuchCall:
                    _isCopied = true;
                    return SendStep.Copy;
                case Kernel.DeviceError:
                    return Fail(FileRegionFault.Unreadable);
                default:
                    return Fail(FileRegionFault.None);
            }
        }

        return SendStep.Done;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WaitAsync(SendStep step, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _isFlushing, 1);
        // What is half sent can't be taken back: to cancel is to break the connection off.
        var registration = cancellationToken.UnsafeRegister(static self => ((SocketConnection)self!).BreakOff(), connection);
        if (_isAdvanced)
        {
            connection.RegionBegins();
        }

        try
        {
            while (step is not (SendStep.Done or SendStep.Failed))
            {
                switch (step)
                {
                    case SendStep.Blocked or SendStep.Copy:
                        await SendPieceAsync();
                        break;
                    case SendStep.Cold:
                        // To the end of the region, so that the disk works while the client receives.
                        await cold.ReadAsync(_file!, _offset, Math.Min(_left, Turn), _left);
                        _residentUntil = _offset + Math.Min(_left, Turn);
                        break;
                    default:
                        await Task.Yield();
                        break;
                }

                _turn = Turn;
                step = _isClosed ? SendStep.Failed : Push();
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            step = Fail(e is IOException ? FileRegionFault.Unreadable : FileRegionFault.None);
        }
        finally
        {
            connection.RegionEnds();
            Reset();
            Interlocked.Exchange(ref _isFlushing, 0);
            Volatile.Read(ref _idle)?.TrySetResult();
        }

        await registration.DisposeAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return step == SendStep.Done ? Open : Closed;
    }

    /// <summary>Sends some bytes in a way that waits for room.</summary>
    private async ValueTask SendPieceAsync()
    {
        if (_sent < _written)
        {
            var count = await SendAsync(_buffer.AsMemory(_sent, _written - _sent));
            _sent += count;
            Count(count);
            return;
        }

        var piece = ArrayPool<byte>.Shared.Rent(_isCopied ? FileRegions.CopyLength : WaitPiece);
        try
        {
            var wanted = Math.Min(_left, _isCopied ? FileRegions.CopyLength : WaitPiece);
            var read = RandomAccess.Read(_file!, piece.AsSpan(0, wanted), _offset);
            if (read == 0)
            {
                Fail(FileRegionFault.Truncated);
                return;
            }

            for (var sent = 0; sent < read;)
            {
                var count = await SendAsync(piece.AsMemory(sent, read - sent));
                sent += count;
                Sent(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref _isWaiting, 1);
        try
        {
            return await socket.SendAsync(bytes, SocketFlags.None);
        }
        finally
        {
            Volatile.Write(ref _isWaiting, 0);
        }
    }

    private void Sent(int count)
    {
        _offset += count;
        _left -= count;
        Count(count);
    }

    private void Count(int count) => Volatile.Write(ref _total, _total + count);

    private SendStep Fail(FileRegionFault fault)
    {
        _isClosed = true;
        Fault = fault;
        if (fault != FileRegionFault.None)
        {
            _broken?.Invoke(fault);
        }

        connection.BreakOff(fault);
        return SendStep.Failed;
    }

    private void Reset()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        (_written, _sent, _file, _broken, _left, _isAdvanced) = (0, 0, null, null, 0, false);
    }
}
