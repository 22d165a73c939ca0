using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class EncryptionTests
{
    private const string Prefix = "x-amz-server-side-encryption-customer-";
    private const string SourcePrefix = "x-amz-copy-source-server-side-encryption-customer-";
    private const string ServerSide = "x-amz-server-side-encryption";

    [Fact]
    public async Task A_customers_key_is_needed_to_read()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        var body = new byte[200_000];
        new Random(1).NextBytes(body);

        var put = (await client.PutAsync("/bucket-1/k", body, Key(1))).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("AES256", put[Prefix + "algorithm"]);
        Assert.Equal(Md5Of(1), put[Prefix + "key-MD5"]);
        Assert.NotEqual(Convert.ToHexStringLower(MD5.HashData(body)), put["ETag"]!.Trim('"'));
        (await client.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.HeadAsync("/bucket-1/k")).Status);
        (await client.GetAsync("/bucket-1/k", Key(2))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        var get = (await client.GetAsync("/bucket-1/k", Key(1))).ShouldBe(HttpStatusCode.OK);
        Assert.True(body.AsSpan().SequenceEqual(get.Body));
        Assert.Equal(Md5Of(1), get[Prefix + "key-MD5"]);
        var range = await client.GetAsync("/bucket-1/k", [.. Key(1), ("Range", "bytes=65000-67000")]);
        Assert.Equal(body[65_000..67_001], range.ShouldBe(HttpStatusCode.PartialContent).Body);
        Assert.Equal("200000", (await client.HeadAsync("/bucket-1/k", Key(1)))["Content-Length"]);
        (await client.GetAsync("/bucket-1/k?attributes", ("x-amz-object-attributes", "ObjectSize"))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        Assert.Equal(["200000"], (await client.GetAsync("/bucket-1?list-type=2")).Values("Size"));
    }

    [Fact]
    public async Task A_key_for_what_has_none_is_refused()
    {
        await using var origin = await StartAsync();
        await origin.Client.PutAsync("/bucket-1/k", "x");
        (await origin.Client.GetAsync("/bucket-1/k", Key(1))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public async Task An_empty_object_keeps_its_key_too()
    {
        await using var origin = await StartAsync();
        await origin.Client.PutAsync("/bucket-1/k", "", Key(1));
        (await origin.Client.GetAsync("/bucket-1/k", Key(2))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        Assert.Empty((await origin.Client.GetAsync("/bucket-1/k", Key(1))).ShouldBe(HttpStatusCode.OK).Body);
    }

    [Theory]
    [InlineData("algorithm", null, "InvalidArgument")]
    [InlineData("algorithm", "AES128", "InvalidEncryptionAlgorithmError")]
    [InlineData("key", null, "InvalidArgument")]
    [InlineData("key", "AAAA", "InvalidArgument")]
    [InlineData("key-MD5", null, "InvalidArgument")]
    [InlineData("key-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", "InvalidArgument")]
    public async Task What_is_no_key_is_refused(string header, string? value, string code)
    {
        await using var origin = await StartAsync();
        var headers = Key(1).Where(h => h.Name != Prefix + header).ToList();
        if (value is not null)
        {
            headers.Add((Prefix + header, value));
        }

        var put = (await origin.Client.PutAsync("/bucket-1/k", "x", [.. headers])).ShouldFail(HttpStatusCode.BadRequest, code);
        Assert.DoesNotContain(Key(1)[1].Value, put.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AES256", null, true, HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("aes:kms", null, false, HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("AES256", "some-key", false, HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("aws:kms", null, true, HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("aws:kms", "some-key", false, HttpStatusCode.NotImplemented, "NotImplemented")]
    public async Task Methods_that_exclude_each_other_are_refused(string method, string? kmsKey, bool withKey, HttpStatusCode status, string code)
    {
        await using var origin = await StartAsync();
        List<(string, string)> headers = [(ServerSide, method), .. withKey ? Key(1) : []];
        if (kmsKey is not null)
        {
            headers.Add((ServerSide + "-aws-kms-key-id", kmsKey));
        }

        (await origin.Client.PutAsync("/bucket-1/k", "x", [.. headers])).ShouldFail(status, code);
    }

    [Fact]
    public async Task Copies_decrypt_with_one_key_and_encrypt_with_another()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1/k", "secret", Key(1));
        await client.PutAsync("/bucket-1/plain", "secret");
        var plainETag = (await client.HeadAsync("/bucket-1/plain"))["ETag"];

        (await CopyAsync(client, "k", "refused")).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await CopyAsync(client, "k", "same", [.. Key(1, SourcePrefix), .. Key(1)])).ShouldBe(HttpStatusCode.OK);
        (await CopyAsync(client, "k", "other", [.. Key(1, SourcePrefix), .. Key(2)])).ShouldBe(HttpStatusCode.OK);
        (await CopyAsync(client, "k", "bare", Key(1, SourcePrefix))).ShouldBe(HttpStatusCode.OK);
        (await CopyAsync(client, "plain", "server", (ServerSide, "AES256"))).ShouldBe(HttpStatusCode.OK);
        (await CopyAsync(client, "plain", "plain", (ServerSide, "AES256"))).ShouldBe(HttpStatusCode.OK);

        Assert.Equal("secret", (await client.GetAsync("/bucket-1/same", Key(1))).Text);
        Assert.Equal("secret", (await client.GetAsync("/bucket-1/other", Key(2))).Text);
        (await client.GetAsync("/bucket-1/other", Key(1))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        var bare = await client.GetAsync("/bucket-1/bare");
        Assert.Equal(("secret", plainETag), (bare.Text, bare["ETag"]));
        var server = await client.GetAsync("/bucket-1/server");
        Assert.Equal(("secret", "AES256", plainETag), (server.Text, server[ServerSide], server["ETag"]));
        Assert.Equal("AES256", (await client.HeadAsync("/bucket-1/plain"))[ServerSide]);
    }

    [Fact]
    public async Task Parts_take_the_key_of_their_upload()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        var body = new byte[5 << 20];
        new Random(2).NextBytes(body);
        await client.PutAsync("/bucket-1/source", body, Key(2));
        var upload = (await client.PostAsync("/bucket-1/k?uploads", "", Key(1))).Value("UploadId");
        var path = $"/bucket-1/k?uploadId={upload}";

        (await client.PutAsync($"{path}&partNumber=1", body)).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await client.PutAsync($"{path}&partNumber=1", body, Key(2))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        var first = (await client.PutAsync($"{path}&partNumber=1", body, Key(1))).ShouldBe(HttpStatusCode.OK)["ETag"];
        var second = (await client.SendAsync(
            HttpMethod.Put, $"{path}&partNumber=2",
            headers: [("x-amz-copy-source", "/bucket-1/source"), ("x-amz-copy-source-range", "bytes=100-70099"), .. Key(2, SourcePrefix), .. Key(1)]))
            .ShouldBe(HttpStatusCode.OK).Value("ETag");
        Assert.Equal(first, (await client.PutAsync($"{path}&partNumber=1", body, Key(1)))["ETag"]);
        (await client.PostAsync(path, "<CompleteMultipartUpload/>", Key(2))).ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");
        (await client.PostAsync(
            path,
            $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{first}</ETag></Part><Part><PartNumber>2</PartNumber><ETag>{second}</ETag></Part></CompleteMultipartUpload>"))
            .ShouldBe(HttpStatusCode.OK);

        var get = (await client.GetAsync("/bucket-1/k", Key(1))).ShouldBe(HttpStatusCode.OK);
        Assert.True(get.Body.AsSpan().SequenceEqual((byte[])[.. body, .. body[100..70_100]]));
        Assert.Equal(70_000, (await client.GetAsync("/bucket-1/k?partNumber=2", Key(1))).Body.Length);
        (await client.GetAsync("/bucket-1/k", Key(2))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public async Task A_bucket_encrypts_by_default_and_goes_on_reading_after_a_restart()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        const string Rule = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>{0}</SSEAlgorithm>" +
            "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
        (await client.GetAsync("/bucket-1?encryption")).ShouldFail(HttpStatusCode.NotFound, "ServerSideEncryptionConfigurationNotFoundError");
        (await client.PutAsync("/bucket-1?encryption", Rule.Replace("{0}", "aws:kms", StringComparison.Ordinal)))
            .ShouldFail(HttpStatusCode.NotImplemented, "NotImplemented");
        (await client.PutAsync("/bucket-1?encryption", Rule.Replace("{0}", "AES256", StringComparison.Ordinal))).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("AES256", (await client.GetAsync("/bucket-1?encryption")).Value("SSEAlgorithm"));

        Assert.Equal("AES256", (await client.PutAsync("/bucket-1/k", "x"))[ServerSide]);
        Assert.Null((await client.PutAsync("/bucket-1/own", "x", Key(1)))[ServerSide]);
        (await client.DeleteAsync("/bucket-1?encryption")).ShouldBe(HttpStatusCode.NoContent);
        Assert.Null((await client.PutAsync("/bucket-1/later", "x"))[ServerSide]);
        await origin.RestartAsync();
        Assert.Equal(("x", "AES256"), ((await origin.Client.GetAsync("/bucket-1/k")).Text, (await origin.Client.GetAsync("/bucket-1/k"))[ServerSide]));
    }

    [Fact]
    public async Task Keys_can_be_refused_without_tls()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:RequireTlsForCustomerKeys"] = "true" });
        await S3TestClient.NewBucketAsync(origin.Client);
        (await origin.Client.PutAsync("/bucket-1/k", "x", Key(1))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await origin.Client.PutAsync("/bucket-1/k", "x", (ServerSide, "AES256"))).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<TestOrigin> StartAsync()
    {
        var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        return origin;
    }

    private static Task<S3Answer> CopyAsync(S3TestClient client, string from, string to, params (string, string)[] headers) =>
        client.SendAsync(HttpMethod.Put, $"/bucket-1/{to}", headers: [("x-amz-copy-source", $"/bucket-1/{from}"), .. headers]);

    private static byte[] Bytes(int seed) => SHA256.HashData(Encoding.UTF8.GetBytes($"key {seed}"));

    private static string Md5Of(int seed) => Convert.ToBase64String(MD5.HashData(Bytes(seed)));

    private static (string Name, string Value)[] Key(int seed, string prefix = Prefix) =>
        [(prefix + "algorithm", "AES256"), (prefix + "key", Convert.ToBase64String(Bytes(seed))), (prefix + "key-MD5", Md5Of(seed))];
}
