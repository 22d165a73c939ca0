using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Client;

/// <summary>
/// A closed loop over TLS 1.3, each connection a task with an <see cref="SslStream"/>. Unlike <see cref="LoadClient"/> it must take the bytes in and decrypt
/// them, which costs as much as the server's encryption: throughput is the client's too, so that the server's CPU per GB is what to compare. Every
/// server is offered the one cipher TLS_AES_128_GCM_SHA256.
/// </summary>
internal static class TlsLoadClient
{
    private const int BufferSize = 256 << 10;
    private const int MaxHead = 32 << 10;

    /// <summary>Runs the plan; <see cref="LoadPlan.Rate"/> must be null, and bodies are compared if the plan says so.</summary>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var (result, clock) = (new LoadResult(), new LoadClock());
        var sent = 0L;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(plan.Duration);
        await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => Task.Run(() => RunConnectionAsync(), CancellationToken.None)));
        cancellation.ThrowIfCancellationRequested();
        result.Elapsed = TimeSpan.FromTicks(clock.Now / 100);
        return result;

        async Task RunConnectionAsync()
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(plan.EndPoint, over.Token);
                await using var stream = await HandshakeAsync(socket, plan.EndPoint, over.Token);
                var buffer = new byte[BufferSize];
                while (Interlocked.Increment(ref sent) is var number && (plan.RequestLimit is not { } limit || number <= limit))
                {
                    await ExchangeAsync(stream, plan.Requests[(int)((number - 1) % plan.Requests.Count)], plan.Verify, buffer, result, clock, over.Token);
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // The time is over, in the middle of an answer.
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or FormatException)
            {
                lock (result)
                {
                    result.AddError(e.Message);
                }
            }
        }
    }

    private static async Task<SslStream> HandshakeAsync(Socket socket, IPEndPoint endPoint, CancellationToken cancellation)
    {
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = endPoint.Address.ToString(),
                EnabledSslProtocols = SslProtocols.Tls13,
                CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]),

                // No authority signed it: this program made it for the run, and both ends are on this machine.
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == ThrowawayCertificate.Subject,
            },
            cancellation);
        return stream;
    }

    private static async Task ExchangeAsync(
        SslStream stream, PreparedRequest request, bool verify, byte[] buffer, LoadResult result, LoadClock clock, CancellationToken cancellation)
    {
        var (start, firstByte) = (clock.Now, -1L);
        await stream.WriteAsync(request.Wire, cancellation);
        ResponseHead head;
        var received = 0;
        do
        {
            var read = await stream.ReadAsync(buffer.AsMemory(received), cancellation);
            firstByte = firstByte < 0 ? clock.Now : firstByte;
            received += read > 0 ? read : throw new IOException("closed by the server");
        }
        while (!ResponseHead.TryParse(buffer.AsSpan(0, received), out head) && (received < MaxHead ? true : throw new FormatException("a head without an end")));

        if (head.Status is < 200 or >= 300 || (request.BodyLength >= 0 && head.BodyLength != request.BodyLength))
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{Encoding.Latin1.GetString(buffer, 0, head.Length)}"));
        }

        var body = (long)received - head.Length;
        Check(request, verify, 0, buffer.AsSpan(head.Length, (int)body));
        Count(body);
        while (body < head.BodyLength)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, head.BodyLength - body)), cancellation);
            Check(request, verify, body, buffer.AsSpan(0, read));
            body += read > 0 ? read : throw new IOException("closed by the server");
            Count(read);
        }

        lock (result)
        {
            result.Requests++;
            result.Latency.Record(clock.Now - start);
            result.FirstByte.Record(firstByte - start);
        }

        void Count(long bytes)
        {
            lock (result)
            {
                result.Bytes += bytes;
            }
        }
    }

    private static void Check(PreparedRequest request, bool verify, long position, ReadOnlySpan<byte> body)
    {
        if (verify && request.Content is { } content && !content.Matches(request.Offset + position, body))
        {
            throw new FormatException($"the body differs within {body.Length} bytes from {request.Offset + position}");
        }
    }
}
