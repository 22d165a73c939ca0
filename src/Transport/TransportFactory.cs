using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Transport;

/// <summary>Makes the listeners of a server, in place of its own sockets; what is not TCP is left to these.</summary>
public sealed class TransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    /// <summary>Connections that the kernel accepts before we do; as many as the server's own transport.</summary>
    private const int Backlog = 512;

    private readonly TransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IMemoryPoolFactory<byte>? _memory;
    private readonly ColdReads _cold;
    private readonly SendWatch _watch;

    /// <summary>Takes what the listeners share.</summary>
    /// <param name="options">The bounds of connections.</param>
    /// <param name="time">The clock of stalled clients.</param>
    /// <param name="loggers">Take what happens.</param>
    /// <param name="memory">Where the memory for what is received comes from; null for the shared pool.</param>
    public TransportFactory(TransportOptions options, TimeProvider time, ILoggerFactory loggers, IMemoryPoolFactory<byte>? memory = null)
    {
        (_options, _time, _memory) = (options, time, memory);
        _logger = loggers.CreateLogger<TransportFactory>();
        _cold = new ColdReads(options.DiskThreads);
        _watch = new SendWatch(options, time, _logger);
    }

    /// <summary>The connections that are open.</summary>
    public int Connections => _watch.Count;

    /// <summary>How often a file's bytes had to be read from the disk before they could be sent.</summary>
    public long ColdReads => _cold.Count;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint && OperatingSystem.IsLinux();

    /// <inheritdoc/>
    /// <exception cref="AddressInUseException">Another socket has the address.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(e.Message, e);
        }

        var memory = _memory?.Create() ?? MemoryPool<byte>.Shared;
        return ValueTask.FromResult<IConnectionListener>(new TransportListener(socket, memory, _cold, _watch, _options, _time, _logger));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _cold.Dispose();
    }
}
