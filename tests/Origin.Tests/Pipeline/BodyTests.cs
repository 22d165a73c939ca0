using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Pipeline;

public sealed class BodyTests
{
    [Fact]
    public async Task A_chunked_body_with_a_trailer_is_decoded_and_its_trailer_verified()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var body = new byte[300_000];
        new Random(5).NextBytes(body);
        var crc = ChecksumValue.Encode(ChecksumHasher.Hash(ChecksumAlgorithm.Crc32, body));

        var good = await PutChunkedAsync(client, "good", body, crc);
        var bad = await PutChunkedAsync(client, "bad", body, "AAAAAA==");

        Assert.Equal(crc, good.ShouldBe(HttpStatusCode.OK)["x-amz-checksum-crc32"]);
        bad.ShouldFail(HttpStatusCode.BadRequest, "BadDigest");
        var get = await client.GetAsync("/bucket-1/good", ("x-amz-checksum-mode", "ENABLED"));
        Assert.True(get.Body.AsSpan().SequenceEqual(body));
        Assert.Equal(crc, get["x-amz-checksum-crc32"]);
        Assert.Null(get["Content-Encoding"]);
        (await client.GetAsync("/bucket-1/bad")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
    }

    [Fact]
    public async Task A_body_of_another_hash_or_md5_or_checksum_is_refused_and_leaves_nothing()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var body = "body"u8.ToArray();

        (await client.SendAsync(HttpMethod.Put, "/bucket-1/k", body, payloadHash: new string('0', 64)))
            .ShouldFail(HttpStatusCode.BadRequest, "XAmzContentSHA256Mismatch");
        (await client.PutAsync("/bucket-1/k", body, ("Content-MD5", Convert.ToBase64String(new byte[16])))).ShouldFail(HttpStatusCode.BadRequest, "BadDigest");
        (await client.PutAsync("/bucket-1/k", body, ("Content-MD5", "nonsense"))).ShouldFail(HttpStatusCode.BadRequest, "InvalidDigest");
        (await client.PutAsync("/bucket-1/k", body, ("x-amz-checksum-sha1", Convert.ToBase64String(new byte[20])))).ShouldFail(HttpStatusCode.BadRequest, "BadDigest");
        (await client.PutAsync("/bucket-1/k", body, ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-crc32c", "AAAAAA==")))
            .ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await client.PutAsync("/bucket-1/k", body, ("x-amz-sdk-checksum-algorithm", "MD17"))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");

        (await client.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(origin.DataDirectory, "objects"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_truncated_upload_stores_nothing()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        using var connection = new TcpClient();
        await connection.ConnectAsync(client.Endpoint.Host, client.Endpoint.Port, TestContext.Current.CancellationToken);
        var head = Head(client, HttpMethod.Put, "/bucket-1/k", ("Content-Length", "1000000"));

        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + new string('x', 5000)), TestContext.Current.CancellationToken);
        connection.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        string answer;
        try
        {
            answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            answer = string.Empty; // The server may cut the connection of a client that stopped sending.
        }

        Assert.DoesNotContain("200 OK", answer, StringComparison.Ordinal);
        (await client.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
    }

    [Fact]
    public async Task A_client_that_waits_for_100_continue_gets_its_refusal_instead()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        using var connection = new TcpClient();
        await connection.ConnectAsync(origin.Server.S3Endpoint.Host, origin.Server.S3Endpoint.Port, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(connection.GetStream());

        await connection.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(Head(origin.Anonymous, HttpMethod.Put, "/bucket-1/k", ("Content-Length", "10"), ("Expect", "100-continue"))),
            TestContext.Current.CancellationToken);

        Assert.Equal("HTTP/1.1 403 Forbidden", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_concurrent_creations_exactly_one_succeeds()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            client.PutAsync("/bucket-1/k", i.ToString(CultureInfo.InvariantCulture), ("If-None-Match", "*"))));

        Assert.Single(answers, static a => a.Status == HttpStatusCode.OK);
        Assert.Equal(15, answers.Count(static a => a.Status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task An_overwrite_may_ask_for_the_version_that_it_replaces()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var etag = (await client.PutAsync("/bucket-1/k", "1"))["ETag"]!;

        (await client.PutAsync("/bucket-1/k", "2", ("If-Match", "\"other\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        (await client.PutAsync("/bucket-1/none", "2", ("If-Match", etag))).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        (await client.PutAsync("/bucket-1/k", "2", ("If-Match", etag))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_in_http_chunks_needs_no_length()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        using var request = client.Request(HttpMethod.Put, "/bucket-1/k", "hello"u8.ToArray(), []);
        request.Headers.TransferEncodingChunked = true;

        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("hello", (await client.GetAsync("/bucket-1/k")).Text);
    }

    private static Task<S3Answer> PutChunkedAsync(S3TestClient client, string key, byte[] body, string crc)
    {
        var encoded = AwsChunkedEncoder.Encode(body, 65_536, signer: null, [KeyValuePair.Create("x-amz-checksum-crc32", crc)]);
        return client.SendAsync(
            HttpMethod.Put,
            "/bucket-1/" + key,
            encoded,
            [
                ("Content-Encoding", "aws-chunked"), ("x-amz-trailer", "x-amz-checksum-crc32"),
                ("x-amz-decoded-content-length", body.Length.ToString(CultureInfo.InvariantCulture)),
            ],
            PayloadHash.StreamingUnsignedTrailer);
    }

    private static string Head(S3TestClient client, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = client.Request(method, path, null, []);
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {client.Endpoint.Authority}\r\n");
        foreach (var (name, value) in request.Headers.Select(static h => (h.Key, string.Join(",", h.Value))).Concat(headers))
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return head.Append("\r\n").ToString();
    }
}
