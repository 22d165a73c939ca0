using System.Net;

namespace EdgeCache.Origin.Tests.Websites;

public sealed class WebsiteTests
{
    private const string Host = "bucket-1.website.ord1.example.test";

    private const string Configuration =
        "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument><Key>error.html</Key></ErrorDocument><RoutingRules>" +
        "<RoutingRule><Condition><KeyPrefixEquals>old/</KeyPrefixEquals></Condition><Redirect><ReplaceKeyPrefixWith>new/</ReplaceKeyPrefixWith></Redirect></RoutingRule>" +
        "<RoutingRule><Condition><KeyPrefixEquals>gone/</KeyPrefixEquals><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition>" +
        "<Redirect><HostName>archive.test</HostName><Protocol>https</Protocol><HttpRedirectCode>302</HttpRedirectCode></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration>";

    [Theory]
    [InlineData("/", HttpStatusCode.OK, "home", null)]
    [InlineData("/page.html", HttpStatusCode.OK, "page", null)]
    [InlineData("/docs/", HttpStatusCode.OK, "docs", null)]
    [InlineData("/docs", HttpStatusCode.Found, "", "/docs/")]
    [InlineData("/absent", HttpStatusCode.NotFound, "sorry", null)]
    [InlineData("/private.html", HttpStatusCode.Forbidden, "sorry", null)]
    [InlineData("/old/a%20b", HttpStatusCode.MovedPermanently, "", "http://" + Host + "/new/a%20b")]
    [InlineData("/gone/x", HttpStatusCode.Found, "", "https://archive.test/gone/x")]
    [InlineData("/elsewhere", HttpStatusCode.MovedPermanently, "", "/page.html")]
    public async Task A_bucket_is_a_website(string path, HttpStatusCode status, string text, string? location)
    {
        await using var origin = await SiteAsync(Configuration);
        var answer = await GetAsync(origin, path);
        Assert.Equal((status, text, location), (answer.Status, answer.Text, answer["Location"]));
    }

    [Fact]
    public async Task All_requests_may_be_redirected()
    {
        await using var origin = await SiteAsync(
            "<WebsiteConfiguration><RedirectAllRequestsTo><HostName>new.test</HostName><Protocol>https</Protocol></RedirectAllRequestsTo></WebsiteConfiguration>");
        var answer = await GetAsync(origin, "/a%20b/c");
        Assert.Equal((HttpStatusCode.MovedPermanently, "https://new.test/a%20b/c"), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task Errors_without_a_document_are_pages_and_nothing_but_reads_is_served()
    {
        await using var origin = await SiteAsync("<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>");
        var absent = await GetAsync(origin, "/<absent>");
        Assert.Equal((HttpStatusCode.NotFound, "text/html; charset=utf-8"), (absent.Status, absent["Content-Type"]));
        Assert.Contains("<li>Code: NoSuchKey</li>", absent.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;absent&gt;", absent.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await origin.Anonymous.PutAsync("/page.html", "x", ("Host", Host))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await origin.Anonymous.GetAsync("/", ("Host", "bucket-2.website.ord1.example.test"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await origin.Anonymous.GetAsync("/", ("Host", "bucket-1.website.las1.example.test"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await origin.Anonymous.GetAsync("/", ("Host", "website.ord1.example.test"))).Status);
        await origin.Client.DeleteAsync("/bucket-1?website");
        var closed = await GetAsync(origin, "/");
        Assert.Contains("NoSuchWebsiteConfiguration", closed.Text, StringComparison.Ordinal);
    }

    private static async Task<S3Answer> GetAsync(TestOrigin origin, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        return await new S3TestClient(origin.Server.S3Endpoint, http, signer: null).GetAsync(path, ("Host", Host));
    }

    private static async Task<TestOrigin> SiteAsync(string configuration)
    {
        var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        const string Policy =
            """
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::bucket-1","arn:aws:s3:::bucket-1/*"]},
              {"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/private.html"}]}
            """;
        foreach (var (key, text) in new[] { ("index.html", "home"), ("page.html", "page"), ("docs/index.html", "docs"), ("error.html", "sorry"), ("private.html", "secret") })
        {
            (await client.PutAsync("/bucket-1/" + key, text)).ShouldBe(HttpStatusCode.OK);
        }

        await client.PutAsync("/bucket-1/elsewhere", "x", ("x-amz-website-redirect-location", "/page.html"));
        (await client.PutAsync("/bucket-1?policy", Policy)).ShouldBe(HttpStatusCode.NoContent);
        (await client.PutAsync("/bucket-1?website", configuration)).ShouldBe(HttpStatusCode.OK);
        return origin;
    }
}
