using System.Net.Sockets;
using System.Text;

namespace EdgeCache.Origin.Tests.Pipeline;

public sealed class ParserRefusalTests
{
    public static TheoryData<string, string, string> Cases => new()
    {
        { "GET /k HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", "BadRequest" },
        { "nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request", "BadRequest" },
        { "GET /bucket-1/a%00b HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 Bad Request", "BadRequest" },
        { $"GET /k HTTP/1.1\r\nHost: x\r\nx-long: {new string('x', 1_000_000)}\r\n\r\n", "HTTP/1.1 400 Bad Request", "RequestHeaderSectionTooLarge" },
        { $"GET /{new string('k', 100_000)} HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 Bad Request", "InvalidURI" },
        { "PUT /bucket-1/k HTTP/1.1\r\nHost: x\r\nContent-Length: 12x\r\n\r\n", "HTTP/1.1 400 Bad Request", "BadRequest" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_the_parser_refuses_is_answered_as_an_s3_error(string request, string status, string code)
    {
        await using var origin = await TestOrigin.StartAsync();
        using var connection = new TcpClient();
        await connection.ConnectAsync(origin.Server.S3Endpoint.Host, origin.Server.S3Endpoint.Port, TestContext.Current.CancellationToken);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream);

        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The server need not read all of it.
        }

        Assert.Equal(status, await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        var length = 0;
        var hasRequestId = false;
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } header)
        {
            length = header.StartsWith("Content-Length: ", StringComparison.Ordinal)
                ? int.Parse(header.AsSpan("Content-Length: ".Length), System.Globalization.CultureInfo.InvariantCulture)
                : length;
            hasRequestId |= header.StartsWith("x-amz-request-id: ", StringComparison.Ordinal);
        }

        var body = new char[length];
        await reader.ReadBlockAsync(body, TestContext.Current.CancellationToken);
        Assert.True(hasRequestId);
        Assert.Contains($"<Code>{code}</Code>", new string(body), StringComparison.Ordinal);
    }
}
