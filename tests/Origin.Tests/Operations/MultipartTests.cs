using System.Net;
using System.Security.Cryptography;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class MultipartTests
{
    private const int PartSize = 5 << 20;

    [Fact]
    public async Task Parts_become_an_object_with_the_right_etag_and_full_checksum()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var (one, two) = (Bytes(PartSize, 1), Bytes(1000, 2));
        var upload = await BeginAsync(client, ("x-amz-meta-a", "1"));

        var first = await client.PutAsync($"/bucket-1/k?partNumber=3&uploadId={upload}", one);
        var second = await client.PutAsync($"/bucket-1/k?partNumber=7&uploadId={upload}", two);
        Assert.Equal(["3", "7"], (await client.GetAsync($"/bucket-1/k?uploadId={upload}")).Values("PartNumber"));
        Assert.Equal([upload], (await client.GetAsync("/bucket-1?uploads")).Values("UploadId"));
        var completed = await client.PostAsync($"/bucket-1/k?uploadId={upload}", Document((3, first["ETag"]!), (7, second["ETag"]!)));

        var expected = $"\"{Convert.ToHexStringLower(MD5.HashData([.. MD5.HashData(one), .. MD5.HashData(two)]))}-2\"";
        Assert.Equal(expected, completed.ShouldBe(HttpStatusCode.OK).Value("ETag"));
        var get = await client.GetAsync("/bucket-1/k", ("x-amz-checksum-mode", "ENABLED"));
        byte[] whole = [.. one, .. two];
        Assert.True(get.Body.AsSpan().SequenceEqual(whole));
        Assert.Equal(ChecksumValue.Encode(ChecksumHasher.Hash(ChecksumAlgorithm.Crc64Nvme, whole)), get["x-amz-checksum-crc64nvme"]);
        Assert.Equal("1", get["x-amz-meta-a"]);
        var part = await client.GetAsync("/bucket-1/k?partNumber=2");
        Assert.Equal((HttpStatusCode.PartialContent, "2"), (part.Status, part["x-amz-mp-parts-count"]));
        Assert.True(part.Body.AsSpan().SequenceEqual(two));
        Assert.Empty((await client.GetAsync("/bucket-1?uploads")).Values("UploadId"));
    }

    [Fact]
    public async Task A_composite_checksum_covers_the_parts_checksums()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var (one, two) = (Bytes(PartSize, 1), Bytes(10, 2));
        var upload = await BeginAsync(client, ("x-amz-checksum-algorithm", "SHA256"));
        var sum1 = ChecksumValue.Encode(SHA256.HashData(one));
        var first = await client.PutAsync($"/bucket-1/k?partNumber=1&uploadId={upload}", one, ("x-amz-checksum-sha256", sum1));
        var second = await client.PutAsync($"/bucket-1/k?partNumber=2&uploadId={upload}", two);

        var mismatch = await client.PutAsync($"/bucket-1/k?partNumber=2&uploadId={upload}", two, ("x-amz-checksum-crc32", "AAAAAA=="));
        var completed = await client.PostAsync($"/bucket-1/k?uploadId={upload}", Document((1, first["ETag"]!), (2, second["ETag"]!)));

        Assert.Equal(sum1, first["x-amz-checksum-sha256"]);
        mismatch.ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        Assert.Equal(ChecksumValue.Encode(SHA256.HashData([.. SHA256.HashData(one), .. SHA256.HashData(two)])) + "-2", completed.Value("ChecksumSHA256"));
        Assert.Equal("COMPOSITE", completed.Value("ChecksumType"));
    }

    [Fact]
    public async Task Parts_are_copied_whole_or_by_range()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var source = Bytes(PartSize + 100, 3);
        await client.PutAsync("/bucket-1/source", source);
        var upload = await BeginAsync(client);

        var first = await CopyAsync(1, null);
        var second = await CopyAsync(2, "bytes=10-29");
        var beyond = await CopyAsync(3, $"bytes=0-{source.Length}");
        var malformed = await CopyAsync(3, "bytes=5-");
        var completed = await client.PostAsync($"/bucket-1/k?uploadId={upload}", Document((1, first.Value("ETag")!), (2, second.Value("ETag")!)));

        completed.ShouldBe(HttpStatusCode.OK);
        beyond.ShouldFail(HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange");
        malformed.ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        byte[] expected = [.. source, .. source[10..30]];
        Assert.True((await client.GetAsync("/bucket-1/k")).Body.AsSpan().SequenceEqual(expected));

        Task<S3Answer> CopyAsync(int number, string? range) => client.SendAsync(
            HttpMethod.Put, $"/bucket-1/k?partNumber={number}&uploadId={upload}", [],
            range is null ? [("x-amz-copy-source", "/bucket-1/source")] : [("x-amz-copy-source", "/bucket-1/source"), ("x-amz-copy-source-range", range)]);
    }

    [Fact]
    public async Task Completion_refuses_what_is_not_right_and_an_aborted_upload_is_gone()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var upload = await BeginAsync(client);
        var small = (await client.PutAsync($"/bucket-1/k?partNumber=1&uploadId={upload}", "small"))["ETag"]!;
        var last = (await client.PutAsync($"/bucket-1/k?partNumber=2&uploadId={upload}", "last"))["ETag"]!;
        var path = $"/bucket-1/k?uploadId={upload}";

        (await client.PostAsync(path, Document((1, small), (2, last)))).ShouldFail(HttpStatusCode.BadRequest, "EntityTooSmall");
        (await client.PostAsync(path, Document((2, last), (1, small)))).ShouldFail(HttpStatusCode.BadRequest, "InvalidPartOrder");
        (await client.PostAsync(path, Document((1, last)))).ShouldFail(HttpStatusCode.BadRequest, "InvalidPart");
        (await client.PostAsync(path, "<CompleteMultipartUpload/>")).ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");
        (await client.PostAsync(path, Document((1, small)), ("x-amz-mp-object-size", "6"))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await client.PutAsync($"/bucket-1/k?partNumber=10001&uploadId={upload}", "x")).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(path)).Status);
        (await client.PutAsync($"/bucket-1/k?partNumber=1&uploadId={upload}", "x")).ShouldFail(HttpStatusCode.NotFound, "NoSuchUpload");
        (await client.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
    }

    private static async Task<string> BeginAsync(S3TestClient client, params (string, string)[] headers) =>
        (await client.SendAsync(HttpMethod.Post, "/bucket-1/k?uploads", headers: headers)).ShouldBe(HttpStatusCode.OK).Value("UploadId")!;

    private static string Document(params (int Number, string ETag)[] parts) =>
        $"<CompleteMultipartUpload>{string.Concat(parts.Select(static p => $"<Part><PartNumber>{p.Number}</PartNumber><ETag>{p.ETag}</ETag></Part>"))}</CompleteMultipartUpload>";

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    [Fact]
    public async Task A_key_that_stands_for_its_organization_begins_uploads_as_the_organization()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var upload = (await client.PostAsync("/bucket-1/k?uploads", string.Empty)).Value("UploadId");
        foreach (var listing in new[] { "/bucket-1?uploads", $"/bucket-1/k?uploadId={upload}" })
        {
            Assert.Equal(["main", "main"], (await client.GetAsync(listing)).Values("ID"));
        }
    }
}
