using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class BucketCorsTests
{
    private const string Configuration =
        "<CORSConfiguration><CORSRule><AllowedOrigin>*.test</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>";

    [Fact]
    public async Task A_configuration_is_kept_replaced_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        (await client.GetAsync("/bucket-1?cors")).ShouldFail(HttpStatusCode.NotFound, "NoSuchCORSConfiguration");
        (await client.PutAsync("/bucket-1?cors", "<CORSConfiguration/>")).ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");

        (await client.PutAsync("/bucket-1?cors", Configuration)).ShouldBe(HttpStatusCode.OK);
        await origin.RestartAsync();
        client = origin.Client;
        Assert.Equal("*.test", (await client.GetAsync("/bucket-1?cors")).Value("AllowedOrigin"));
        (await client.DeleteAsync("/bucket-1?cors")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1?cors")).ShouldFail(HttpStatusCode.NotFound, "NoSuchCORSConfiguration");
    }

    [Fact]
    public async Task Answers_and_errors_tell_the_page_what_it_may_do()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "x");
        await client.PutAsync("/bucket-1?cors", Configuration);

        var read = await client.GetAsync("/bucket-1/k", ("Origin", "http://a.test"));
        Assert.Equal(("x", "http://a.test", "GET", "ETag"), (read.Text, read["Access-Control-Allow-Origin"], read["Access-Control-Allow-Methods"], read["Access-Control-Expose-Headers"]));
        var refused = (await origin.Anonymous.GetAsync("/bucket-1/k", ("Origin", "http://a.test"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Equal("http://a.test", refused["Access-Control-Allow-Origin"]);
        Assert.Null((await client.GetAsync("/bucket-1/k", ("Origin", "http://a.other")))["Access-Control-Allow-Origin"]);
        Assert.Null((await client.GetAsync("/bucket-1/k"))["Vary"]);
        Assert.Null((await client.PutAsync("/bucket-1/k", "y", ("Origin", "http://a.test")))["Access-Control-Allow-Origin"]);
    }

    [Theory]
    [InlineData("/bucket-1/k", "http://a.test", "GET", HttpStatusCode.OK, null)]
    [InlineData("/bucket-1", "http://a.test", "GET", HttpStatusCode.OK, null)]
    [InlineData("/bucket-1/k", "http://a.test", "PUT", HttpStatusCode.Forbidden, "AccessForbidden")]
    [InlineData("/bucket-1/k", "http://a.other", "GET", HttpStatusCode.Forbidden, "AccessForbidden")]
    [InlineData("/bucket-1/k", "http://a.test", null, HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("/bucket-1/k", null, "GET", HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("/no-such-bucket/k", "http://a.test", "GET", HttpStatusCode.NotFound, "NoSuchBucket")]
    [InlineData("/", "http://a.test", "GET", HttpStatusCode.Forbidden, "AccessForbidden")]
    public async Task A_preflight_needs_no_caller(string path, string? page, string? method, HttpStatusCode status, string? code)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1?cors", Configuration);

        (string, string)[] headers = [.. page is null ? [] : new[] { ("Origin", page) }, .. method is null ? [] : new[] { ("Access-Control-Request-Method", method) }];
        var answer = await origin.Anonymous.SendAsync(HttpMethod.Options, path, headers: headers);
        Assert.Equal((status, code), (answer.Status, answer.ErrorCode));
        Assert.Equal(status == HttpStatusCode.OK ? page : null, answer["Access-Control-Allow-Origin"]);
    }
}
