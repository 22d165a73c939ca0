using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Edge.Tests.Passthrough;

public sealed class PassthroughTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/models/a%2Fb")]
    [InlineData("/models//double//slash/")]
    [InlineData("/models/plus+and%20space")]
    [InlineData("/models/dots/../and/./more")]
    [InlineData("/models/%7Etilde~")]
    [InlineData("/models/%e2%82%ac-lower-%E2%82%AC-upper")]
    [InlineData("/models/a?partNumber=1&uploadId=x%2By%20z&x-id=")]
    [InlineData("/models/sub|delims[]{}'!$&()*,;=:@")]
    [InlineData("/models/a%25percent?x-id=PutObject")]
    public async Task Path_and_query_are_passed_on_byte_for_byte(string target)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var response = await RawAsync(cluster, $"PUT {target} HTTP/1.1\r\nHost: some.host:1234\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
        Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);
        var passed = Assert.Single(cluster.Ord.Passed);
        Assert.Equal(target, passed.RawTarget);
        Assert.Equal("some.host:1234", passed.Headers["Host"]);
        Assert.Equal("hi"u8.ToArray(), passed.Body);
    }

    [Fact]
    public async Task What_tiers_tell_each_other_is_added_and_clients_can_neither_forge_nor_see_it()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.OnPassed = static (context, _) =>
        {
            context.Response.Headers["x-edgecache-anything"] = "secret";
            context.Response.Headers["x-amz-request-id"] = "ORIGIN";
            return Task.CompletedTask;
        };
        var request = cluster.Request(HttpMethod.Get, "/models?list-type=2");
        request.Headers.TryAddWithoutValidation(EdgeForwarding.Header, "forged");
        request.Headers.TryAddWithoutValidation("x-edgecache-other", "forged");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await cluster.SendAsync(request);
        Assert.Equal("BYPASS", response.Headers.GetValues("x-cache").Single());
        Assert.Equal("LGA1; fwd=bypass; detail=ListObjectsV2", response.Headers.GetValues("Cache-Status").Single());
        Assert.Equal("ORIGIN", response.Headers.GetValues("x-amz-request-id").Single());
        Assert.False(response.Headers.Contains("x-edgecache-anything"));
        var passed = Assert.Single(cluster.Ord.Passed);
        Assert.False(passed.Headers.ContainsKey("x-edgecache-other"));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", passed.Headers["traceparent"]);
        var hop = new EdgeForwarding(EdgeCluster.Secret).Verify(
            passed.Headers[EdgeForwarding.Header], cluster.Time.GetUtcNow(), "GET", "/models?list-type=2");
        Assert.Equal(new EdgeHop("LGA1", System.Net.IPAddress.Loopback, IsSecure: false), hop);
    }

    [Theory]
    [InlineData("PUT /models/a", "10")]
    [InlineData("PUT /models/a", "1024")]
    [InlineData("PUT /models/a", "1025")]
    [InlineData("PUT /models/a", "1000000")]
    [InlineData("POST /models?delete", "100")]
    [InlineData("PUT /new-bucket", "100")]
    public async Task A_refused_upload_never_sends_its_body(string requestLine, string length)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.OnPassedHead = static context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.FromResult(true);
        };
        using var socket = await ConnectAsync(cluster);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"{requestLine} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        var head = new List<string>();
        while (await reader.ReadLineAsync(Token) is { Length: > 0 } line)
        {
            head.Add(line);
        }

        Assert.StartsWith("HTTP/1.1 403", head[0], StringComparison.Ordinal);
        Assert.Contains("Connection: close", head);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "body")]
    [InlineData("200", "body")]
    public async Task An_expectation_that_HTTP_does_not_know_is_not_passed_on(string expectation, string body)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var response = await RawAsync(
            cluster, $"PUT /models/a HTTP/1.1\r\nHost: localhost\r\nExpect: {expectation}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);
        var passed = Assert.Single(cluster.Ord.Passed);
        Assert.Equal(body, Encoding.ASCII.GetString(passed.Body));
        Assert.DoesNotContain("Expect", passed.Headers.Keys);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("Origin: http://example.com\r\n", 400)]
    [InlineData("Origin: http://example.com\r\nAccess-Control-Request-Method: GET\r\n", 403)]
    public async Task OPTIONS_is_refused_as_the_origin_does(string header, int status)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var response = await RawAsync(cluster, $"OPTIONS /models/a HTTP/1.1\r\nHost: localhost\r\n{header}Connection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}", response, StringComparison.Ordinal);
        Assert.Empty(cluster.Ord.Passed);
    }

    [Fact]
    public async Task A_refusal_of_a_large_upload_arrives_before_its_body()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.OnPassedHead = static context =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.FromResult(true);
        };
        using var socket = await ConnectAsync(cluster);
        await socket.SendAsync("PUT /models/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6442450944\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(Token));
    }

    [Fact]
    public async Task An_upload_without_a_length_is_refused_rather_than_passed_on_as_empty()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var response = await RawAsync(cluster, "PUT /models/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 411", response, StringComparison.Ordinal);
        Assert.Empty(cluster.Ord.Passed);
    }

    [Fact]
    public async Task An_accepted_upload_is_told_to_continue_and_streamed()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var half = new byte[128 << 10];
        var received = new TaskCompletionSource();
        cluster.Ord.OnPassedHead = async context =>
        {
            var buffer = new byte[half.Length];
            await context.Request.Body.ReadExactlyAsync(buffer, context.RequestAborted);
            received.SetResult();
            return false;
        };
        using var socket = await ConnectAsync(cluster);
        await socket.SendAsync("PUT /models/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 262144\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"u8.ToArray());
        var head = new byte[25];
        await new NetworkStream(socket).ReadExactlyAsync(head, Token);
        Assert.StartsWith("HTTP/1.1 100 Continue", Encoding.ASCII.GetString(head), StringComparison.Ordinal);
        await socket.SendAsync(half);
        await received.Task.WaitAsync(Token);
        await socket.SendAsync(half);
        Assert.StartsWith("HTTP/1.1 200", await ReadAllAsync(socket), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<CreateBucketConfiguration><LocationConstraint>LAS1</LocationConstraint></CreateBucketConfiguration>", "LAS1")]
    [InlineData("<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint> las1 </LocationConstraint></CreateBucketConfiguration>", "LAS1")]
    [InlineData("<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>", "ORD1")]
    [InlineData("<CreateBucketConfiguration><LocationConstraint>nowhere</LocationConstraint></CreateBucketConfiguration>", "ORD1")]
    [InlineData("", "ORD1")]
    public async Task A_new_bucket_goes_to_the_region_that_it_names(string body, string region)
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var request = cluster.Request(HttpMethod.Put, "/new-bucket");
        request.Content = new StringContent(body);
        using var response = await cluster.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var passed = Assert.Single((region == "LAS1" ? cluster.Las : cluster.Ord).Passed);
        Assert.Equal(body, Encoding.UTF8.GetString(passed.Body));
    }

    [Fact]
    public async Task Requests_go_to_the_region_of_their_bucket_and_the_rest_to_the_default()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.AddBucket(cluster.Las, "in-las");
        await cluster.CaughtUpAsync();
        using var list = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/in-las?list-type=2"));
        using var create = await cluster.SendAsync(cluster.Request(HttpMethod.Put, "/in-las"));
        Assert.Equal(2, cluster.Las.Passed.Count);
        using var buckets = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/"));
        using var unknown = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/no-such-bucket?versions"));
        Assert.Equal(["/", "/no-such-bucket?versions"], cluster.Ord.Passed.Select(static p => p.RawTarget));
    }

    [Fact]
    public async Task A_bucket_made_through_this_edge_is_usable_at_once()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        using (var before = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/fresh/a")))
        {
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        }

        cluster.Ord.OnPassed = (context, _) =>
        {
            cluster.AddBucket(cluster.Ord, "fresh");
            context.Response.Headers["x-edgecache-sequence"] = cluster.Ord.Feed.Position.ToString();
            return Task.CompletedTask;
        };
        using var create = await cluster.SendAsync(cluster.Request(HttpMethod.Put, "/fresh"));
        cluster.Ord.Put("fresh", "a", ByteStreams.Content(1, 10));
        using var after = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/fresh/a"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task A_read_with_the_clients_own_key_is_passed_on()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var request = cluster.Request(HttpMethod.Get, "/models/a");
        request.Headers.TryAddWithoutValidation("x-amz-server-side-encryption-customer-algorithm", "AES256");
        using var response = await cluster.SendAsync(request);
        Assert.Equal("LGA1; fwd=bypass; detail=customer-key", response.Headers.GetValues("Cache-Status").Single());
        Assert.Single(cluster.Ord.Passed);
    }

    [Fact]
    public async Task A_dead_origin_is_service_unavailable()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.IsDown = true;
        using var response = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/models?list-type=2"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", response.Headers.RetryAfter!.ToString());
        Assert.Contains("<Code>ServiceUnavailable</Code>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal("BYPASS", response.Headers.GetValues("x-cache").Single());
    }

    [Fact]
    public async Task Headers_over_the_limit_and_unknown_methods_are_S3_errors()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var large = await RawAsync(cluster, $"GET /models/a HTTP/1.1\r\nHost: localhost\r\nx-large: {new string('x', 20_000)}\r\nConnection: close\r\n\r\n");
        Assert.Contains("<Code>RequestHeaderSectionTooLarge</Code>", large, StringComparison.Ordinal);
        var method = await RawAsync(cluster, "PATCH /models/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Contains("<Code>MethodNotAllowed</Code>", method, StringComparison.Ordinal);
    }

    private static async Task<string> RawAsync(EdgeCluster cluster, string request)
    {
        using var socket = await ConnectAsync(cluster);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return await ReadAllAsync(socket);
    }

    private static async Task<Socket> ConnectAsync(EdgeCluster cluster)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, cluster.Edge.S3Endpoint.Port, Token);
        return socket;
    }

    private static async Task<string> ReadAllAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        return await reader.ReadToEndAsync(Token);
    }
}
