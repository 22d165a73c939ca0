using System.Net;
using System.Security.Cryptography;

namespace EdgeCache.Origin.Tests.Operations;

/// <summary>Objects around the size up to which their bytes lie in the catalog: what a client sees must not depend on it.</summary>
public sealed class SmallObjectTests
{
    private const int Limit = 32 << 10;

    [Theory]
    [InlineData(1)]
    [InlineData((16 << 10) - 1)]
    [InlineData(16 << 10)]
    [InlineData(Limit)]
    [InlineData(Limit + 1)]
    [InlineData(700_000)]
    public async Task Whole_ranges_copies_and_parts_of_it_are_its_bytes_also_after_a_restart(int size)
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var etag = $"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"";

        Assert.Equal(etag, (await client.PutAsync("/bucket-1/told", bytes)).ShouldBe(HttpStatusCode.OK)["ETag"]);
        Assert.Equal(etag, (await PutChunkedAsync(origin, "/bucket-1/untold", bytes)).ShouldBe(HttpStatusCode.OK)["ETag"]);
        (await client.PutAsync("/bucket-1/copy", [], ("x-amz-copy-source", "/bucket-1/told"))).ShouldBe(HttpStatusCode.OK);
        await CopyAsPartAsync(client, "/bucket-1/told", "/bucket-1/part", size - 1);
        (await client.PutAsync("/bucket-1/told", bytes)).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(size <= Limit ? 0 : 5, CountFiles(origin)); // the replaced one is still there

        await origin.RestartAsync();
        client = origin.Client;
        foreach (var key in (string[])["told", "untold", "copy"])
        {
            var get = await client.GetAsync($"/bucket-1/{key}");
            Assert.Equal((HttpStatusCode.OK, etag), (get.Status, get["ETag"]));
            Assert.True(get.Body.AsSpan().SequenceEqual(bytes), key);
        }

        Assert.True((await client.GetAsync("/bucket-1/part")).Body.AsSpan().SequenceEqual(bytes));
        var range = await client.GetAsync("/bucket-1/copy", ("Range", $"bytes={size / 3}-{(size / 3) + (size / 2)}"));
        Assert.Equal(HttpStatusCode.PartialContent, range.Status);
        Assert.True(range.Body.AsSpan().SequenceEqual(bytes.AsSpan(size / 3, Math.Min((size / 2) + 1, size - (size / 3)))));
    }

    [Fact]
    public async Task A_body_that_is_wrong_leaves_the_object_as_it_was()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "first");
        (await client.PutAsync("/bucket-1/k", "second", ("Content-MD5", Convert.ToBase64String(new byte[16])))).ShouldFail(HttpStatusCode.BadRequest, "BadDigest");
        Assert.Equal("first", (await client.GetAsync("/bucket-1/k")).Text);
    }

    private static async Task CopyAsPartAsync(S3TestClient client, string source, string target, int last)
    {
        var upload = (await client.PostAsync($"{target}?uploads", "")).Value("UploadId");
        var part = await client.PutAsync(
            $"{target}?partNumber=1&uploadId={upload}", [], ("x-amz-copy-source", source), ("x-amz-copy-source-range", $"bytes=0-{last}"));
        var etag = part.ShouldBe(HttpStatusCode.OK).Value("ETag");
        var document = $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>";
        (await client.PostAsync($"{target}?uploadId={upload}", document)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<S3Answer> PutChunkedAsync(TestOrigin origin, string path, byte[] bytes)
    {
        using var request = origin.Client.Request(HttpMethod.Put, path, bytes, []);
        request.Headers.TransferEncodingChunked = true;
        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await S3Answer.ReadAsync(response);
    }

    private static int CountFiles(TestOrigin origin) =>
        Directory.GetFiles(Path.Combine(origin.DataDirectory, "objects"), "*", SearchOption.AllDirectories).Length;
}
