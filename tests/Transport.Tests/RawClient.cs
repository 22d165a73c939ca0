using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeCache.Transport.Tests;

/// <summary>A client that says exactly what it is told to, and reads when it is told to.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<RawClient> ConnectAsync(IPEndPoint endPoint, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
        }
    }

    public Task GetAsync(string path = "/", string headers = "") => SendAsync($"GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n");

    /// <summary>Reads a head: its status, and its Content-Length or -1.</summary>
    public async Task<(int Status, long Length, string Head)> ReadHeadAsync()
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            text.Append((char)(await ReadAsync(1) is [var next] ? next : throw new EndOfStreamException(text.ToString())));
        }

        var head = text.ToString();
        var length = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return (int.Parse(head[9..12], CultureInfo.InvariantCulture), length is null ? -1 : long.Parse(length[15..], CultureInfo.InvariantCulture), head);
    }

    /// <summary>Reads so many bytes, or fewer at the end.</summary>
    public async Task<byte[]> ReadAsync(long count)
    {
        var read = new byte[count];
        for (var at = 0; at < count;)
        {
            if (_start == _end && !await FillAsync())
            {
                return read[..at];
            }

            var piece = (int)Math.Min(count - at, _end - _start);
            _buffer.AsSpan(_start, piece).CopyTo(read.AsSpan(at));
            (_start, at) = (_start + piece, at + piece);
        }

        return read;
    }

    /// <summary>Reads until the end or a reset, and tells how many bytes came.</summary>
    public async Task<long> ReadToEndAsync()
    {
        long read = _end - _start;
        try
        {
            while (await FillAsync())
            {
                read += _end;
            }
        }
        catch (SocketException)
        {
            // Broken off.
        }

        return read;
    }

    /// <summary>Leaves without a word.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    private async Task<bool> FillAsync()
    {
        _start = 0;
        _end = await Socket.ReceiveAsync(_buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _end > 0;
    }
}
