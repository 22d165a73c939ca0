using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Transport.Tests;

/// <summary>What clients send.</summary>
public sealed class UploadTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData((8 << 20) + 3)]
    public async Task An_upload_arrives_as_it_is(int length)
    {
        await using var server = await TestServer.StartAsync(HashAsync);
        using var http = new HttpClient();
        var bytes = Random(length);

        using var response = await http.PostAsync(server.Url("/"), new ByteArrayContent(bytes), Cancellation);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_body_in_chunks_is_read()
    {
        await using var server = await TestServer.StartAsync(HashAsync);
        using var http = new HttpClient();
        var bytes = Random(1 << 20);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url("/")) { Content = new StreamContent(new MemoryStream(bytes)) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Who_expects_100_continue_hears_it_before_the_body_is_sent()
    {
        await using var server = await TestServer.StartAsync(HashAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        var bytes = Random(200_000);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {bytes.Length}\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await client.ReadHeadAsync()).Status);
        await client.SendAsync(bytes);

        var (status, length, _) = await client.ReadHeadAsync();
        Assert.Equal(200, status);
        Assert.Equal(SHA256.HashData(bytes), Convert.FromHexString(System.Text.Encoding.ASCII.GetString(await client.ReadAsync(length))));
    }

    [Fact]
    public async Task A_refused_upload_is_answered_before_its_body_is_sent()
    {
        await using var server = await TestServer.StartAsync(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");

        Assert.Equal((int)HttpStatusCode.Forbidden, (await client.ReadHeadAsync()).Status);
        Assert.Equal(0, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task More_than_the_buffer_waits_until_the_application_reads()
    {
        var mayRead = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(
            async context =>
            {
                await mayRead.Task;
                await HashAsync(context);
            },
            options: new TransportOptions { MaxReceiveBuffer = 64 << 10 });
        using var http = new HttpClient();
        var bytes = Random(4 << 20);

        var posting = http.PostAsync(server.Url("/"), new ByteArrayContent(bytes), Cancellation);
        mayRead.SetResult();

        using var response = await posting;
        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task HashAsync(HttpContext context)
    {
        var hash = Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted));
        context.Response.ContentLength = hash.Length;
        await context.Response.WriteAsync(hash, context.RequestAborted);
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
