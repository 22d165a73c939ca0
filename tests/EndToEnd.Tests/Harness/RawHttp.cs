using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>Requests byte for byte, as no well-behaved client would send them.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends <paramref name="head"/> and <paramref name="body"/> and reads one answer.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="head">Request line and headers; the empty line is added.</param>
    /// <param name="body">What follows.</param>
    /// <param name="endOfInput">Whether to shut the sending side down, as a client does that was cut off.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; null when the server closed the connection without one.</returns>
    public static async Task<RawResponse?> SendAsync(string endpoint, string head, byte[] body, bool endOfInput, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        var uri = new Uri(endpoint);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(uri.Host, uri.Port, timeout.Token);
        try
        {
            await SendAllAsync(socket, Encoding.Latin1.GetBytes(head + "\r\n"), timeout.Token);
            await SendAllAsync(socket, body, timeout.Token);
            if (endOfInput)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // The server refused before it had read everything; its answer may still be there.
        }

        return await ReadAsync(socket, head.StartsWith("HEAD ", StringComparison.Ordinal), timeout.Token);
    }

    /// <summary>Sends a head that asks for 100 Continue, and the body only once that came.</summary>
    /// <returns>The final answer, and whether the body was asked for.</returns>
    public static async Task<(RawResponse Answer, bool Continued)> SendAfterContinueAsync(
        string endpoint, string head, byte[] body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        var uri = new Uri(endpoint);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(uri.Host, uri.Port, timeout.Token);
        await SendAllAsync(socket, Encoding.Latin1.GetBytes(head + "\r\n"), timeout.Token);
        const string Interim = "HTTP/1.1 100 Continue\r\n\r\n";
        var received = new MemoryStream();
        var piece = new byte[Interim.Length];
        while (received.Length < Interim.Length && await socket.ReceiveAsync(piece.AsMemory(0, Interim.Length - (int)received.Length), timeout.Token) is > 0 and var count)
        {
            received.Write(piece, 0, count);
        }

        var continued = Encoding.Latin1.GetString(received.ToArray()) == Interim;
        if (continued)
        {
            received.SetLength(0);
            await SendAllAsync(socket, body, timeout.Token);
        }

        return ((await ReadAsync(socket, isHead: false, timeout.Token, received))!, continued);
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    private static async Task<RawResponse?> ReadAsync(Socket socket, bool isHead, CancellationToken cancellationToken, MemoryStream? already = null)
    {
        var received = already ?? new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            if (RawResponse.TryParse(received.ToArray(), isHead, closed: false) is { Status: not 100 } complete)
            {
                return complete;
            }

            int count;
            try
            {
                count = await socket.ReceiveAsync(buffer, cancellationToken);
            }
            catch (SocketException)
            {
                count = 0;
            }

            if (count == 0)
            {
                return RawResponse.TryParse(received.ToArray(), isHead, closed: true);
            }

            received.Write(buffer, 0, count);
        }
    }
}

/// <summary>An answer to a raw request.</summary>
internal sealed record RawResponse(int Status, string Head, string Body)
{
    /// <summary>The Code element of an S3 error; empty when there is none.</summary>
    public string ErrorCode => Between(Body, "<Code>", "</Code>");

    public string RequestId => Between(Body, "<RequestId>", "</RequestId>");

    public static RawResponse? TryParse(byte[] received, bool isHead, bool closed)
    {
        var text = Encoding.Latin1.GetString(received);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var head = text[..end];
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var body = text[(end + 4)..];
        if (status == 100)
        {
            return TryParse(received[(end + 4)..], isHead, closed) ?? new RawResponse(status, head, string.Empty);
        }

        var length = Between(head + "\r\n", "Content-Length: ", "\r\n");
        var complete = isHead || closed || (length.Length > 0 && body.Length >= int.Parse(length, CultureInfo.InvariantCulture)) ||
            body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        return complete ? new RawResponse(status, head, body) : null;
    }

    private static string Between(string text, string from, string to)
    {
        var start = text.IndexOf(from, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return string.Empty;
        }

        start += from.Length;
        var end = text.IndexOf(to, start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? string.Empty : text[start..end];
    }
}
