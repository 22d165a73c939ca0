using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Load.FarLink;

/// <summary>A long way in between: TCP connections to <paramref name="target"/>, with a delay in each direction, lossless and in order.</summary>
/// <param name="target">Where connections go.</param>
/// <param name="delay">How long each byte is on its way, in each direction: half of the round trip.</param>
/// <param name="window">The bytes that may be on their way per connection and direction.</param>
internal sealed class DelayProxy(IPEndPoint target, TimeSpan delay, int window) : IAsyncDisposable
{
    /// <summary>Connections at a time.</summary>
    private const int MaxConnections = 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(MaxConnections);
    private Task _accepting = Task.CompletedTask;

    public Uri Url => new($"http://{(IPEndPoint)_listener.LocalEndPoint!}");

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public static DelayProxy Start(IPEndPoint target, TimeSpan delay, int window)
    {
        var proxy = new DelayProxy(target, delay, window);
        proxy._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        proxy._listener.Listen(MaxConnections);
        proxy._accepting = proxy.AcceptAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            await _places.WaitAsync(_stopping.Token);
            _ = CarryAsync(await _listener.AcceptAsync(_stopping.Token));
        }
    }

    private async Task CarryAsync(Socket client)
    {
        try
        {
            using (client)
            using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(target, _stopping.Token);
                using var there = new DelayedPipe(client, server, delay, window);
                using var back = new DelayedPipe(server, client, delay, window);
                await Task.WhenAll(there.RunAsync(_stopping.Token), back.RunAsync(_stopping.Token));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side broke the connection, or the measurement is over.
        }
        finally
        {
            _places.Release();
        }
    }
}
