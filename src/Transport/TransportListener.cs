using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Transport;

/// <summary>A listening socket.</summary>
internal sealed class TransportListener(
    Socket socket, MemoryPool<byte> memory, ColdReads cold, SendWatch watch, TransportOptions options, TimeProvider time, ILogger logger) : IConnectionListener
{
    /// <summary>How long it waits after the system has refused another socket, for want of handles or memory.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(20);

    private static long _lastId = DateTimeOffset.UnixEpoch.Ticks;

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await socket.AcceptAsync(cancellationToken);
                // Our own calls must not wait, and the last bytes of an answer neither.
                accepted.Blocking = false;
                accepted.NoDelay = true;
                var id = Interlocked.Increment(ref _lastId).ToString("x", CultureInfo.InvariantCulture);
                var connection = new SocketConnection(id, accepted, memory, cold, watch, options);
                watch.Add(connection);
                connection.Start();
                return connection;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                TransportLog.AcceptFailed(logger, e);
                await Task.Delay(AcceptPause, time, cancellationToken);
            }
            catch (SocketException)
            {
                // The client left while it was queued.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        memory.Dispose();
        return ValueTask.CompletedTask;
    }
}
