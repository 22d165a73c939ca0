using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Origin.Tests.Operations;

/// <summary>Torrents, renaming, and what S3 refuses for objects like these.</summary>
public sealed class RareOperationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(262_144)]
    [InlineData(600_000)]
    public async Task A_torrent_has_the_hash_of_each_piece_and_the_objects_address(int size)
    {
        await using var origin = await StartAsync();
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        await origin.Client.PutAsync("/bucket-1/dir/some%20file", bytes, ("x-amz-server-side-encryption", "AES256"));

        for (var i = 0; i < 2; i++)
        {
            var answer = (await origin.Client.GetAsync("/bucket-1/dir/some%20file?torrent")).ShouldBe(HttpStatusCode.OK);
            Assert.Equal("application/x-bittorrent", answer["Content-Type"]);
            var (metainfo, end) = Decode(answer.Body, 0);
            Assert.Equal(answer.Body.Length, end);
            var torrent = Assert.IsType<Dictionary<string, object>>(metainfo);
            var info = Assert.IsType<Dictionary<string, object>>(torrent["info"]);
            Assert.Equal((long)size, info["length"]);
            Assert.Equal("some file", Text(info["name"]));
            Assert.EndsWith("/bucket-1/dir/some%20file", Text(torrent["url-list"]), StringComparison.Ordinal);
            Assert.Equal(bytes.Chunk((int)(long)info["piece length"]).SelectMany(Sha1), (byte[])info["pieces"]);
        }
    }

    [Fact]
    public async Task There_is_no_torrent_of_what_a_customers_key_encrypts()
    {
        await using var origin = await StartAsync();
        var key = SHA256.HashData("key"u8);
        await origin.Client.PutAsync(
            "/bucket-1/k", "x", ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
            ("x-amz-server-side-encryption-customer-key", Convert.ToBase64String(key)),
            ("x-amz-server-side-encryption-customer-key-MD5", Convert.ToBase64String(MD5.HashData(key))));
        (await origin.Client.GetAsync("/bucket-1/k?torrent")).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await origin.Client.GetAsync("/bucket-1/none?torrent")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        (await origin.Stranger.GetAsync("/bucket-1/k?torrent")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task A_renamed_object_keeps_all_but_its_key()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1/old", "x", ("x-amz-meta-a", "b"), ("x-amz-tagging", "t=1"));
        var before = await client.HeadAsync("/bucket-1/old");

        (await RenameAsync(client, "new", "old")).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/bucket-1/old")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        var after = (await client.GetAsync("/bucket-1/new")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(("x", before["ETag"], "b", "1"), (after.Text, after["ETag"], after["x-amz-meta-a"], after["x-amz-tagging-count"]));
        (await RenameAsync(client, "new", "old")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        (await RenameAsync(client, "new", "new")).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
    }

    [Fact]
    public async Task Renaming_heeds_conditions_and_versions()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        await client.PutAsync("/bucket-1/old", "old");
        await client.PutAsync("/bucket-1/new", "new");

        (await RenameAsync(client, "new", "old", ("If-None-Match", "*"))).ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        (await RenameAsync(client, "new", "old", ("x-amz-rename-source-if-match", "\"0\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        Assert.Equal("old", (await client.GetAsync("/bucket-1/old")).Text);
        (await RenameAsync(client, "new", "/bucket-1/old")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("old", (await client.GetAsync("/bucket-1/new")).Text);
        Assert.Equal(4, (await client.GetAsync("/bucket-1?versions")).Values("VersionId").Count);
    }

    [Fact]
    public async Task Renaming_needs_to_read_and_delete_the_source()
    {
        await using var origin = await StartAsync();
        await origin.Client.PutAsync("/bucket-1/old", "x");
        await origin.Client.PutAsync(
            "/bucket-1?policy",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bucket-1/old"}]}""");
        (await RenameAsync(origin.Client, "new", "old")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Client.GetAsync("/bucket-1/new")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
    }

    [Fact]
    public async Task What_S3_does_not_do_with_such_objects_is_refused_as_there()
    {
        await using var origin = await StartAsync();
        await origin.Client.PutAsync("/bucket-1/k", "x");
        (await origin.Client.PostAsync("/bucket-1/k?restore", "<RestoreRequest><Days>1</Days></RestoreRequest>")).ShouldFail(HttpStatusCode.Forbidden, "InvalidObjectState");
        (await origin.Client.PostAsync("/bucket-1/none?restore", "")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        (await origin.Client.PostAsync("/bucket-1/k?select&select-type=2", "")).ShouldFail(HttpStatusCode.MethodNotAllowed, "MethodNotAllowed");
        (await origin.Stranger.PostAsync("/bucket-1/k?select&select-type=2", "")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    private static async Task<TestOrigin> StartAsync()
    {
        var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        return origin;
    }

    private static Task<S3Answer> RenameAsync(S3TestClient client, string to, string from, params (string, string)[] headers) =>
        client.SendAsync(HttpMethod.Put, $"/bucket-1/{to}?renameObject", headers: [("x-amz-rename-source", from), .. headers]);

    private static byte[] Sha1(byte[] piece)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(piece);
        return hash.GetHashAndReset();
    }

    private static string Text(object value) => Encoding.UTF8.GetString((byte[])value);

    // BEP 3, bencoding; dictionaries must have their keys in order.
    private static (object Value, int End) Decode(byte[] file, int at)
    {
        switch ((char)file[at])
        {
            case 'i':
                var end = Array.IndexOf(file, (byte)'e', at);
                return (long.Parse(Encoding.ASCII.GetString(file, at + 1, end - at - 1), System.Globalization.CultureInfo.InvariantCulture), end + 1);
            case 'd':
                var entries = new Dictionary<string, object>();
                var (last, next) = (string.Empty, at + 1);
                while (file[next] != (byte)'e')
                {
                    var (name, afterName) = Decode(file, next);
                    var (value, afterValue) = Decode(file, afterName);
                    Assert.True(string.CompareOrdinal(last, last = Text(name)) < 0);
                    entries.Add(last, value);
                    next = afterValue;
                }

                return (entries, next + 1);
            default:
                var colon = Array.IndexOf(file, (byte)':', at);
                var length = int.Parse(Encoding.ASCII.GetString(file, at, colon - at), System.Globalization.CultureInfo.InvariantCulture);
                return (file[(colon + 1)..(colon + 1 + length)], colon + 1 + length);
        }
    }
}
