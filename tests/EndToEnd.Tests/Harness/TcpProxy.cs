using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>
/// A network between two processes: passes connections on, and cuts, holds, refuses or delays them as the test says. Each connection has a delay of its
/// own, so what was sent on one may overtake what was sent before on another.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly Random _random;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Link, byte> _links = new();
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();
    private volatile bool _refuses;
    private volatile int _maxDelay;

    private TcpProxy(Uri target, int seed)
    {
        (_target, _random) = (new IPEndPoint(IPAddress.Parse(target.Host), target.Port), new Random(seed));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
        _accepting = AcceptAsync();
    }

    public string Url { get; }

    public static TcpProxy Start(string target, int seed) => new(new Uri(target), seed);

    /// <summary>Breaks all connections.</summary>
    public void Cut()
    {
        foreach (var link in _links.Keys)
        {
            link.Break();
        }
    }

    /// <summary>From now on no byte passes, in either direction, on old connections or new ones.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            if (_open.Task.IsCompleted)
            {
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Breaks all connections and, from now on, every new one.</summary>
    public void Refuse()
    {
        _refuses = true;
        Cut();
    }

    /// <summary>Gives each connection, old or new, a delay of its own between half of so much and all of it.</summary>
    public void Delay(TimeSpan max)
    {
        _maxDelay = (int)max.TotalMilliseconds;
        foreach (var link in _links.Keys)
        {
            link.Delay = NextDelay();
        }
    }

    /// <summary>Ends whatever was done to it. What was held passes.</summary>
    public void Mend()
    {
        _refuses = false;
        Delay(TimeSpan.Zero);
        lock (_lock)
        {
            _open.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        Cut();
        Mend();
        await _accepting;
        _closing.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private TimeSpan NextDelay()
    {
        lock (_lock)
        {
            return TimeSpan.FromMilliseconds(_random.Next(_maxDelay / 2, _maxDelay + 1));
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_closing.Token);
                _ = CarryAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var link = new Link(client) { Delay = NextDelay() };
        _links[link] = 0;
        try
        {
            if (!_refuses)
            {
                await link.Server.ConnectAsync(_target, _closing.Token);
                await Task.WhenAny(PumpAsync(link, link.Client, link.Server), PumpAsync(link, link.Server, link.Client));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end sees it too.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReceiveAsync(buffer, _closing.Token) is var count and > 0)
            {
                var arrived = Stopwatch.GetTimestamp();
                await Volatile.Read(ref _open).Task;
                if (link.Delay - Stopwatch.GetElapsedTime(arrived) is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, _closing.Token);
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _closing.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Broken by either end, or by this one.
        }
    }

    private sealed class Link(Socket client) : IDisposable
    {
        public Socket Client => client;

        public Socket Server { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public TimeSpan Delay { get; set; }

        /// <summary>With a reset, as a network that lost its way does.</summary>
        public void Break()
        {
            foreach (var socket in new[] { client, Server })
            {
                try
                {
                    socket.Close(0);
                }
                catch (SocketException)
                {
                    // Closed already.
                }
            }
        }

        public void Dispose() => Break();
    }
}
