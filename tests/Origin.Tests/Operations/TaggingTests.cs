using System.Net;
using System.Text;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class TaggingTests
{
    [Fact]
    public async Task Tags_of_an_object_are_put_read_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "x", ("x-amz-tagging", "a=1"));

        Assert.Equal(["1"], (await client.GetAsync("/bucket-1/k?tagging")).Values("Value"));
        (await client.PutAsync("/bucket-1/k?tagging", Tagging(("b", "2"), ("c", "3")))).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(["b", "c"], (await client.GetAsync("/bucket-1/k?tagging")).Values("Key"));
        Assert.Equal("2", (await client.HeadAsync("/bucket-1/k"))["x-amz-tagging-count"]);
        (await client.DeleteAsync("/bucket-1/k?tagging")).ShouldBe(HttpStatusCode.NoContent);
        Assert.Empty((await client.GetAsync("/bucket-1/k?tagging")).Values("Key"));
        Assert.Null((await client.HeadAsync("/bucket-1/k"))["x-amz-tagging-count"]);
        (await client.PutAsync("/bucket-1/none?tagging", Tagging(("a", "1")))).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
    }

    [Fact]
    public async Task Each_version_has_its_own_tags()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        var first = (await client.PutAsync("/bucket-1/k", "1"))["x-amz-version-id"];
        await client.PutAsync("/bucket-1/k", "2", ("x-amz-tagging", "v=2"));

        var put = await client.PutAsync($"/bucket-1/k?tagging&versionId={first}", Tagging(("v", "1")));

        Assert.Equal(first, put.ShouldBe(HttpStatusCode.OK)["x-amz-version-id"]);
        Assert.Equal("1", (await client.GetAsync($"/bucket-1/k?tagging&versionId={first}")).Value("Value"));
        Assert.Equal("2", (await client.GetAsync("/bucket-1/k?tagging")).Value("Value"));
        (await client.GetAsync("/bucket-1/k?tagging&versionId=0123456789abcdef0123456789abcdef")).ShouldFail(HttpStatusCode.NotFound, "NoSuchVersion");
    }

    [Fact]
    public async Task A_copy_takes_the_tags_of_its_source_unless_it_replaces_them()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/tagged", "x", ("x-amz-tagging", "a=1"));
        await client.PutAsync("/bucket-1/bare", "x");

        await client.SendAsync(HttpMethod.Put, "/bucket-1/kept", headers: [("x-amz-copy-source", "/bucket-1/tagged"), ("x-amz-tagging", "b=2")]);
        await client.SendAsync(HttpMethod.Put, "/bucket-1/still-bare", headers: [("x-amz-copy-source", "/bucket-1/bare"), ("x-amz-tagging", "b=2")]);
        await client.SendAsync(
            HttpMethod.Put, "/bucket-1/replaced",
            headers: [("x-amz-copy-source", "/bucket-1/tagged"), ("x-amz-tagging", "b=2"), ("x-amz-tagging-directive", "REPLACE")]);

        Assert.Equal(["a"], (await client.GetAsync("/bucket-1/kept?tagging")).Values("Key"));
        Assert.Empty((await client.GetAsync("/bucket-1/still-bare?tagging")).Values("Key"));
        Assert.Equal(["b"], (await client.GetAsync("/bucket-1/replaced?tagging")).Values("Key"));
    }

    [Theory]
    [InlineData("<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tagging>", "InvalidTag")]
    [InlineData("<Tagging><TagSet><Tag><Key>aws:a</Key><Value>1</Value></Tag></TagSet></Tagging>", "InvalidTag")]
    [InlineData("<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>", "MalformedXML")]
    [InlineData("<Tagging></Tagging>", "MalformedXML")]
    [InlineData("no document", "MalformedXML")]
    public async Task Bad_tags_are_refused(string document, string code)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x", ("x-amz-tagging", "a=1"));

        (await origin.Client.PutAsync("/bucket-1/k?tagging", document)).ShouldFail(HttpStatusCode.BadRequest, code);
        (await origin.Client.PutAsync("/bucket-1?tagging", document)).ShouldFail(HttpStatusCode.BadRequest, code);

        Assert.Equal(["a"], (await origin.Client.GetAsync("/bucket-1/k?tagging")).Values("Key"));
    }

    [Theory]
    [InlineData("/bucket-1/k?tagging", 10, HttpStatusCode.OK)]
    [InlineData("/bucket-1/k?tagging", 11, HttpStatusCode.BadRequest)]
    [InlineData("/bucket-1?tagging", 50, HttpStatusCode.NoContent)]
    [InlineData("/bucket-1?tagging", 51, HttpStatusCode.BadRequest)]
    public async Task The_number_of_tags_is_limited(string path, int count, HttpStatusCode expected)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");

        var tags = Enumerable.Range(0, count).Select(static i => ($"k{i}", new string('v', 256))).ToArray();

        (await origin.Client.PutAsync(path, Tagging(tags))).ShouldBe(expected);
    }

    [Fact]
    public async Task Tags_of_a_bucket_are_put_read_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);

        (await client.GetAsync("/bucket-1?tagging")).ShouldFail(HttpStatusCode.NotFound, "NoSuchTagSet");
        (await client.PutAsync("/bucket-1?tagging", Tagging(("team", "vision")))).ShouldBe(HttpStatusCode.NoContent);
        Assert.Equal("vision", (await client.GetAsync("/bucket-1?tagging")).Value("Value"));
        (await client.DeleteAsync("/bucket-1?tagging")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1?tagging")).ShouldFail(HttpStatusCode.NotFound, "NoSuchTagSet");
    }

    private static string Tagging(params (string Key, string Value)[] tags)
    {
        var text = new StringBuilder("<Tagging><TagSet>");
        foreach (var (key, value) in tags)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
        }

        return text.Append("</TagSet></Tagging>").ToString();
    }
}
