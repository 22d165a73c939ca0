using System.Net;

namespace EdgeCache.Transport.Tests;

/// <summary>What arrives when files are sent as bodies.</summary>
public sealed class FileBodyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData(100_001)]
    [InlineData((5 << 20) + 13)]
    public async Task A_file_arrives_as_it_is(int length)
    {
        using var file = new TestFile(length, seed: length);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var http = new HttpClient();

        var bytes = await http.GetByteArrayAsync(server.Url("/"), TestContext.Current.CancellationToken);

        Assert.Equal(file.Bytes, bytes);
        Assert.True(file.UsedRegions);
    }

    [Fact]
    public async Task Many_small_regions_make_one_body()
    {
        using var file = new TestFile(300_000, seed: 1) { RegionLength = 777 };
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var http = new HttpClient();

        Assert.Equal(file.Bytes, await http.GetByteArrayAsync(server.Url("/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_connection_serves_ranges_heads_and_errors_one_after_the_other()
    {
        using var file = new TestFile(3 << 20, seed: 2);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint);

        await client.GetAsync(headers: "Range: bytes=1000000-1999999\r\n");
        Assert.Equal((206, 1_000_000), Of(await client.ReadHeadAsync()));
        Assert.Equal(file.Bytes[1_000_000..2_000_000], await client.ReadAsync(1_000_000));

        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal((200, file.Bytes.Length), Of(await client.ReadHeadAsync()));

        await client.GetAsync();
        Assert.Equal((200, file.Bytes.Length), Of(await client.ReadHeadAsync()));
        Assert.Equal(file.Bytes, await client.ReadAsync(file.Bytes.Length));

        await client.SendAsync("nonsense\r\n\r\n");
        Assert.Equal(400, (await client.ReadHeadAsync()).Status);
    }

    [Fact]
    public async Task Requests_that_come_together_are_answered_in_their_order()
    {
        using var file = new TestFile(200_000, seed: 3);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint);

        const int Requests = 50;
        await client.SendAsync(string.Concat(Enumerable.Range(0, Requests).Select(static i =>
            $"GET / HTTP/1.1\r\nHost: test\r\nRange: bytes={i * 1000}-{(i * 1000) + 99_999}\r\n\r\n")));

        for (var i = 0; i < Requests; i++)
        {
            Assert.Equal((206, 100_000), Of(await client.ReadHeadAsync()));
            Assert.Equal(file.Bytes[(i * 1000)..((i * 1000) + 100_000)], await client.ReadAsync(100_000));
        }
    }

    [Fact]
    public async Task A_client_with_a_tiny_window_gets_every_byte()
    {
        using var file = new TestFile((6 << 20) + 7, seed: 4);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);

        await client.GetAsync();

        Assert.Equal(file.Bytes.Length, (await client.ReadHeadAsync()).Length);
        Assert.Equal(file.Bytes, await client.ReadAsync(file.Bytes.Length));
    }

    [Fact]
    public async Task The_last_answer_before_a_close_is_whole()
    {
        using var file = new TestFile(4 << 20, seed: 5);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 4096);

        await client.GetAsync(headers: "Connection: close\r\n");

        var (status, length) = Of(await client.ReadHeadAsync());
        Assert.Equal((200, file.Bytes.Length), (status, length));
        Assert.Equal(file.Bytes, await client.ReadAsync(length));
        Assert.Equal(0, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_http_1_0_request_is_served_by_regions_too()
    {
        using var file = new TestFile(100_000, seed: 6);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url("/")) { Version = HttpVersion.Version10 };

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(file.Bytes, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.True(file.UsedRegions);
    }

    [Fact]
    public async Task Written_bytes_and_regions_alternate_in_one_body()
    {
        using var file = new TestFile(500_000, seed: 7);
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = file.Bytes.Length;
            await context.Response.StartAsync();
            var sender = FileRegions.SenderOf(context)!;
            var body = context.Response.BodyWriter;
            for (var at = 0; at < file.Bytes.Length; at += 100_000)
            {
                file.Bytes.AsSpan(at, 50_000).CopyTo(body.GetSpan(50_000));
                body.Advance(50_000);
                await sender.SendAsync(body, file.Handle, at + 50_000, 50_000, broken: null, context.RequestAborted);
            }
        });
        using var http = new HttpClient();

        Assert.Equal(file.Bytes, await http.GetByteArrayAsync(server.Url("/"), TestContext.Current.CancellationToken));
    }

    private static (int Status, long Length) Of((int Status, long Length, string Head) head) => (head.Status, head.Length);
}
