using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Load.Soak;

/// <summary>A way between two tiers that can be cut and stalled: TCP connections to <paramref name="target"/>.</summary>
internal sealed class FaultyLink(IPEndPoint target) : IAsyncDisposable
{
    private const int MaxConnections = 1024;
    private const int BufferSize = 64 << 10;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(MaxConnections);
    private volatile TaskCompletionSource _passage = Passed();
    private Task _accepting = Task.CompletedTask;

    public Uri Url => new($"http://{(IPEndPoint)_listener.LocalEndPoint!}");

    public static FaultyLink Start(IPEndPoint target)
    {
        var link = new FaultyLink(target);
        link._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        link._listener.Listen(MaxConnections);
        link._accepting = link.AcceptAsync();
        return link;
    }

    /// <summary>Breaks all connections; new ones are let through.</summary>
    public void Cut()
    {
        foreach (var socket in _open.Keys)
        {
            socket.Close(0);
        }
    }

    /// <summary>Lets nothing pass until <see cref="Resume"/>; connections stay open.</summary>
    public void Stall() => _passage = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _passage.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Resume();
        Cut();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource Passed()
    {
        var passage = new TaskCompletionSource();
        passage.SetResult();
        return passage;
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
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _open[client] = _open[server] = true;
        try
        {
            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(target, _stopping.Token);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or the other side is down.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Dispose();
            server.Dispose();
            _places.Release();
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, _stopping.Token) is > 0 and var count)
            {
                await _passage.Task.WaitAsync(_stopping.Token);
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, _stopping.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of this direction ends the connection.
        }
    }
}
