using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class ObjectTests
{
    [Fact]
    public async Task An_object_comes_back_with_its_headers_and_metadata()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);

        var put = await client.PutAsync("/bucket-1/a%20b%2Fc%C3%A9", "hello",
            ("Content-Type", "text/plain"), ("Cache-Control", "max-age=3"), ("Content-Disposition", "attachment"), ("Content-Language", "de"),
            ("Content-Encoding", "gzip, aws-chunked"), ("Expires", "Thu, 01 Dec 2033 16:00:00 GMT"), ("x-amz-meta-One", "1"), ("x-amz-meta-empty", ""));
        var get = await client.GetAsync("/bucket-1/a%20b/c%C3%A9", ("x-amz-checksum-mode", "ENABLED"));
        var head = await client.HeadAsync("/bucket-1/a%20b/c%C3%A9");

        put.ShouldBe(HttpStatusCode.OK);
        Assert.Equal("\"5d41402abc4b2a76b9719d911017c592\"", put["ETag"]);
        Assert.Equal("hello", get.ShouldBe(HttpStatusCode.OK).Text);
        foreach (var answer in (S3Answer[])[get, head])
        {
            Assert.Equal("text/plain", answer["Content-Type"]);
            Assert.Equal("max-age=3", answer["Cache-Control"]);
            Assert.Equal("attachment", answer["Content-Disposition"]);
            Assert.Equal("de", answer["Content-Language"]);
            Assert.Equal("gzip", answer["Content-Encoding"]);
            Assert.Equal("Thu, 01 Dec 2033 16:00:00 GMT", answer["Expires"]);
            Assert.Equal("1", answer["x-amz-meta-one"]);
            Assert.Equal(string.Empty, answer["x-amz-meta-empty"]);
            Assert.Equal("5", answer["Content-Length"]);
            Assert.Equal("bytes", answer["Accept-Ranges"]);
            Assert.Equal(put["ETag"], answer["ETag"]);
        }

        Assert.Equal(ChecksumValue.Encode(ChecksumHasher.Hash(ChecksumAlgorithm.Crc64Nvme, "hello"u8)), get["x-amz-checksum-crc64nvme"]);
        Assert.Null(head["x-amz-checksum-crc64nvme"]);
    }

    [Theory]
    [InlineData("bytes=0-0", HttpStatusCode.PartialContent, "0", "bytes 0-0/10")]
    [InlineData("bytes=3-5", HttpStatusCode.PartialContent, "345", "bytes 3-5/10")]
    [InlineData("bytes=7-", HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", HttpStatusCode.PartialContent, "89", "bytes 8-9/10")]
    [InlineData("bytes=8-100", HttpStatusCode.PartialContent, "89", "bytes 8-9/10")]
    [InlineData("bytes=nonsense", HttpStatusCode.OK, "0123456789", null)]
    public async Task A_range_is_served(string range, HttpStatusCode status, string body, string? contentRange)
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "0123456789");

        var get = await client.GetAsync("/bucket-1/k", ("Range", range));

        Assert.Equal((status, body, contentRange), (get.Status, get.Text, get["Content-Range"]));
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_refused_with_the_size()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "0123456789");

        var get = await client.GetAsync("/bucket-1/k", ("Range", "bytes=10-"));

        get.ShouldFail(HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange");
        Assert.Equal("bytes */10", get["Content-Range"]);
    }

    [Fact]
    public async Task A_large_object_is_byte_identical_and_its_digests_are_verified()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var body = new byte[(5 << 20) + 12345];
        new Random(17).NextBytes(body);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(body));

        var put = await client.SendAsync(
            HttpMethod.Put, "/bucket-1/k", body, [("Content-MD5", Convert.ToBase64String(MD5.HashData(body)))], payloadHash: sha256);
        var get = await client.GetAsync("/bucket-1/k");
        var range = await client.GetAsync("/bucket-1/k", ("Range", "bytes=262140-1048580"));

        put.ShouldBe(HttpStatusCode.OK);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(get.Body)));
        Assert.True(range.Body.AsSpan().SequenceEqual(body.AsSpan(262140, 1048580 - 262140 + 1)));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);

        await client.PutAsync("/bucket-1/k", string.Empty);
        var get = await client.GetAsync("/bucket-1/k");

        Assert.Equal((HttpStatusCode.OK, 0, "0"), (get.Status, get.Body.Length, get["Content-Length"]));
    }

    [Fact]
    public async Task Read_conditions_and_overrides_are_honoured()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var etag = (await client.PutAsync("/bucket-1/k", "x"))["ETag"]!;

        Assert.Equal(HttpStatusCode.NotModified, (await client.GetAsync("/bucket-1/k", ("If-None-Match", etag))).Status);
        (await client.GetAsync("/bucket-1/k", ("If-Match", "\"other\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        Assert.Equal(HttpStatusCode.NotModified, (await client.GetAsync("/bucket-1/k", ("If-Modified-Since", "Thu, 01 Dec 2033 16:00:00 GMT"))).Status);
        var overridden = await client.GetAsync("/bucket-1/k?response-content-type=image%2Fpng&response-cache-control=no-store");
        Assert.Equal(("image/png", "no-store"), (overridden["Content-Type"], overridden["Cache-Control"]));
    }

    [Fact]
    public async Task A_copy_keeps_or_replaces_metadata_and_needs_a_change_to_copy_onto_itself()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var etag = (await client.PutAsync("/bucket-1/source", "body", ("x-amz-meta-a", "1"), ("Content-Type", "a/b")))["ETag"]!;

        var copied = await client.SendAsync(HttpMethod.Put, "/bucket-1/copy", [], [("x-amz-copy-source", "/bucket-1/source")]);
        var replaced = await client.SendAsync(HttpMethod.Put, "/bucket-1/replaced", [],
            [("x-amz-copy-source", "bucket-1/source"), ("x-amz-metadata-directive", "REPLACE"), ("x-amz-meta-b", "2")]);
        var self = await client.SendAsync(HttpMethod.Put, "/bucket-1/source", [], [("x-amz-copy-source", "/bucket-1/source")]);
        var unmet = await client.SendAsync(HttpMethod.Put, "/bucket-1/unmet", [],
            [("x-amz-copy-source", "/bucket-1/source"), ("x-amz-copy-source-if-none-match", etag)]);
        var missing = await client.SendAsync(HttpMethod.Put, "/bucket-1/unmet", [], [("x-amz-copy-source", "/bucket-1/none")]);

        Assert.Equal(etag, copied.ShouldBe(HttpStatusCode.OK).Value("ETag"));
        replaced.ShouldBe(HttpStatusCode.OK);
        self.ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        unmet.ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        missing.ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        await client.DeleteAsync("/bucket-1/source");
        var copy = await client.GetAsync("/bucket-1/copy");
        Assert.Equal(("body", "1", "a/b"), (copy.Text, copy["x-amz-meta-a"], copy["Content-Type"]));
        var other = await client.HeadAsync("/bucket-1/replaced");
        Assert.Equal((null, "2"), (other["x-amz-meta-a"], other["x-amz-meta-b"]));
    }

    [Fact]
    public async Task Deleting_several_objects_answers_for_each()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/a", "1");
        await client.PutAsync("/bucket-1/b", "2");
        const string body = "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object><Object><Key>none</Key></Object></Delete>";
        var md5 = Convert.ToBase64String(MD5.HashData(Encoding.UTF8.GetBytes(body)));

        var without = await client.PostAsync("/bucket-1?delete", body);
        var wrong = await client.PostAsync("/bucket-1?delete", body, ("Content-MD5", Convert.ToBase64String(new byte[16])));
        var deleted = await client.PostAsync("/bucket-1?delete", body, ("Content-MD5", md5));
        var quiet = await client.PostAsync("/bucket-1?delete", "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>",
            ("x-amz-checksum-crc32", ChecksumValue.Encode(ChecksumHasher.Hash(
                ChecksumAlgorithm.Crc32, "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>"u8))));

        without.ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        wrong.ShouldFail(HttpStatusCode.BadRequest, "BadDigest");
        Assert.Equal(["a", "b", "none"], deleted.ShouldBe(HttpStatusCode.OK).Values("Key"));
        Assert.Empty(quiet.ShouldBe(HttpStatusCode.OK).Values("Key"));
        (await client.GetAsync("/bucket-1/a")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
    }

    [Fact]
    public async Task Attributes_and_acl_and_tags_are_told()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "hello", ("x-amz-acl", "public-read"), ("x-amz-tagging", "a=1&b=2"));

        var attributes = await client.GetAsync("/bucket-1/k?attributes", ("x-amz-object-attributes", "ETag,ObjectSize,StorageClass,Checksum"));
        var acl = await client.GetAsync("/bucket-1/k?acl");
        var tags = await client.GetAsync("/bucket-1/k?tagging");

        Assert.Equal(("5", "STANDARD", "5d41402abc4b2a76b9719d911017c592"),
            (attributes.Value("ObjectSize"), attributes.Value("StorageClass"), attributes.Value("ETag")));
        Assert.NotNull(attributes.Value("ChecksumCRC64NVME"));
        Assert.Equal(["READ", "FULL_CONTROL"], acl.Values("Permission"));
        Assert.Equal(["1", "2"], tags.Values("Value"));
        Assert.Equal("2", (await client.HeadAsync("/bucket-1/k"))["x-amz-tagging-count"]);
        (await client.GetAsync("/bucket-1/k?attributes", ("x-amz-object-attributes", "Nonsense"))).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
    }
}
