using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeCache.Transport.Tests;

/// <summary>Bodies that do not go out as they are written are read and written.</summary>
public sealed class FallbackTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_tls_the_file_is_read_and_written()
    {
        using var file = new TestFile((1 << 20) + 1, seed: 1);
        await using var server = await TestServer.StartAsync(file.ServeAsync, isTls: true);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true };
        using var http = new HttpClient(handler);

        var bytes = await http.GetByteArrayAsync(new Uri($"https://{server.EndPoint}/"), Cancellation);

        Assert.Equal(file.Bytes, bytes);
        Assert.False(file.UsedRegions);
    }

    [Fact]
    public async Task Over_http_2_the_file_is_read_and_written()
    {
        using var file = new TestFile((1 << 20) + 1, seed: 2);
        await using var server = await TestServer.StartAsync(file.ServeAsync, protocols: HttpProtocols.Http2);
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        var bodies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetByteArrayAsync(server.Url("/"), Cancellation)));

        Assert.All(bodies, bytes => Assert.Equal(file.Bytes, bytes));
        Assert.False(file.UsedRegions);
    }

    [Fact]
    public async Task In_chunks_the_file_is_read_and_written()
    {
        using var file = new TestFile((1 << 20) + 1, seed: 3);
        await using var server = await TestServer.StartAsync(file.ServeAsync);
        using var http = new HttpClient();

        using var response = await http.GetAsync(server.Url("/?chunked"), Cancellation);

        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(file.Bytes, await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.False(file.UsedRegions);
    }

    [Fact]
    public async Task Over_the_servers_own_sockets_the_file_is_read_and_written()
    {
        using var file = new TestFile((1 << 20) + 1, seed: 4);
        await using var server = await TestServer.StartAsync(file.ServeAsync, isOurs: false);
        using var http = new HttpClient();

        Assert.Equal(file.Bytes, await http.GetByteArrayAsync(server.Url("/"), Cancellation));
        Assert.False(file.UsedRegions);
    }
}
