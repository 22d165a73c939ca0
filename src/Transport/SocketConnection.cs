using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace EdgeCache.Transport;

/// <summary>
/// One connection. It is received from all the time, so that a client's leaving is noticed while a request is worked on. Whoever
/// breaks it off only shuts it down; the socket is closed when nobody uses it any more, by <see cref="DisposeAsync"/>.
/// </summary>
internal sealed class SocketConnection : DefaultConnectionContext, IConnectionSocketFeature, IMemoryPoolFeature, IDuplexPipe
{
    private const long NoRegion = -1;

    private readonly CancellationTokenSource _closed = new();
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private readonly SendWatch _watch;
    private Task _receiving = Task.CompletedTask;
    private int _isDown;
    private volatile bool _isBroken;
    private long _regionSince = NoRegion;

    public SocketConnection(string id, Socket socket, MemoryPool<byte> memory, ColdReads cold, SendWatch watch, TransportOptions options)
        : base(id)
    {
        (Socket, MemoryPool, _watch) = (socket, memory, watch);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        _input = new SocketInput(socket, memory, options.MaxReceiveBuffer);
        _output = new SocketOutput(this, socket, cold);
        Transport = this;
        ConnectionClosed = _closed.Token;
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IFileRegionSender>(_output);
    }

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public MemoryPool<byte> MemoryPool { get; }

    PipeReader IDuplexPipe.Input => _input.Reader;

    PipeWriter IDuplexPipe.Output => _output;

    /// <summary>What has been sent and acknowledged, and since when a region is under way; for <see cref="SendWatch"/>.</summary>
    internal SendProgress Progress => SeeProgress();

    /// <summary>Where <see cref="SendWatch"/> last saw it; only for it.</summary>
    internal SendMark Mark { get; set; }

    /// <summary>Begins to receive.</summary>
    public void Start() => _receiving = ReceiveAsync();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => BreakOff();

    /// <summary>Ends the connection as fast as possible; what was not sent never will be.</summary>
    /// <param name="fault">The fault of a file, if that is why.</param>
    public void BreakOff(FileRegionFault fault = FileRegionFault.None)
    {
        _isBroken = true;
        if (fault != FileRegionFault.None)
        {
            _watch.FileFailed(ConnectionId, fault);
        }

        ShutDown();
    }

    /// <summary>A region begins that is not sent at once.</summary>
    internal void RegionBegins() => Volatile.Write(ref _regionSince, _watch.Now);

    /// <summary>It is sent, or never will be.</summary>
    internal void RegionEnds() => Volatile.Write(ref _regionSince, NoRegion);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _output.Complete();
        _input.Reader.Complete();
        ShutDown();
        await _receiving;
        await _output.WhenIdleAsync();
        if (_isBroken)
        {
            // The rest of the answer in the kernel's buffer is dropped with it.
            Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        Socket.Dispose();
        _watch.Remove(this);
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private void ShutDown()
    {
        if (Interlocked.Exchange(ref _isDown, 1) != 0)
        {
            return;
        }

        try
        {
            // Wakes whoever waits. Closing would do so too, but its number could be another connection's by the time of their next call.
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client was faster.
        }
    }

    private SendProgress SeeProgress()
    {
        try
        {
            return _output.IsWaiting
                ? new(true, _output.Total - Kernel.Unacknowledged(Socket.SafeHandle), Volatile.Read(ref _regionSince) is var since and not NoRegion ? since : null)
                : default;
        }
        catch (ObjectDisposedException)
        {
            return default;
        }
    }

    private async Task ReceiveAsync()
    {
        await _input.ReceiveAsync();
        // Not here: what is told may answer requests, dispose and wait for this.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.TellClosed(), this, preferLocal: false);
    }

    private void TellClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Nobody is left to be told.
        }
    }
}
