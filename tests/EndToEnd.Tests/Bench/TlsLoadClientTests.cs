using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeCache.Load.Client;
using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class TlsLoadClientTests
{
    private const int Size = 300_000;

    private static readonly SeededBytes Content = SeededBytes.For(3, "object");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 1)]
    public async Task Every_body_is_counted_and_compared_when_asked(bool wrong, bool verify, int errors)
    {
        var answer = Answer("200 OK");
        answer[^1] ^= (byte)(wrong ? 1 : 0);
        var result = await RunAsync(answer, verify);
        Assert.Equal(errors, result.Errors);
        if (errors == 0)
        {
            Assert.Equal((3, 3L * Size, 3L, 3L), (result.Requests, result.Bytes, result.Latency.Count, result.FirstByte.Count));
        }
    }

    [Fact]
    public async Task A_refusal_is_an_error()
    {
        var result = await RunAsync(Answer("503 Slow Down"), verify: false);
        Assert.Equal((0, 1), (result.Requests, result.Errors));
        Assert.Contains("503", result.FirstError, StringComparison.Ordinal);
    }

    private static async Task<LoadResult> RunAsync(byte[] answer, bool verify)
    {
        using var directory = new TempDirectory();
        var files = await ThrowawayCertificate.MakeAsync(directory.Path, Cancellation);
        using var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate, answer);
        var result = await TlsLoadClient.RunAsync(
            new LoadPlan
            {
                EndPoint = (IPEndPoint)listener.LocalEndpoint,
                Requests = [new PreparedRequest("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Size, Content, 0)],
                Connections = 1,
                Duration = TimeSpan.FromMinutes(1),
                RequestLimit = 3,
                Verify = verify,
            },
            Cancellation);
        await serving;
        return result;
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, byte[] answer)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancellation);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Cancellation);
        var request = new byte[1024];
        try
        {
            while (await stream.ReadAsync(request, Cancellation) > 0)
            {
                await stream.WriteAsync(answer, Cancellation);
            }
        }
        catch (IOException)
        {
            // The client leaves in the middle of an answer that it finds wrong.
        }
    }

    private static byte[] Answer(string status)
    {
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {Size}\r\n\r\n");
        var answer = new byte[head.Length + Size];
        head.CopyTo(answer, 0);
        Content.Read(0, answer.AsSpan(head.Length));
        return answer;
    }
}
