using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class BucketTests
{
    [Fact]
    public async Task A_bucket_lives_from_creation_to_deletion()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;

        (await client.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldBe(HttpStatusCode.OK);
        var head = await client.HeadAsync("/bucket-1");
        Assert.Equal((HttpStatusCode.OK, "ORD1"), (head.Status, head["x-amz-bucket-region"]));
        Assert.Equal("ORD1", (await client.GetAsync("/bucket-1?location")).Xml.Value);
        Assert.Equal(["bucket-1"], (await client.GetAsync("/")).Values("Name"));
        (await client.GetAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucketPolicy");

        await client.PutAsync("/bucket-1/k", "x");
        (await client.DeleteAsync("/bucket-1")).ShouldFail(HttpStatusCode.Conflict, "BucketNotEmpty");
        await client.DeleteAsync("/bucket-1/k");
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/bucket-1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.HeadAsync("/bucket-1")).Status);
        Assert.Empty((await client.GetAsync("/")).Values("Name"));
        (await client.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Creating_again_is_idempotent_for_its_owner_and_refused_to_others()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");

        (await origin.Client.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldBe(HttpStatusCode.OK);
        (await origin.Client.SendAsync(HttpMethod.Put, "/bucket-1", headers: [("x-amz-acl", "public-read")]))
            .ShouldFail(HttpStatusCode.Conflict, "BucketAlreadyExists");
        (await origin.Stranger.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldFail(HttpStatusCode.Conflict, "BucketAlreadyExists");
        Assert.Equal("x", (await origin.Client.GetAsync("/bucket-1/k")).Text);
    }

    [Theory]
    [InlineData("ORD1", HttpStatusCode.OK, null)]
    [InlineData("ord1", HttpStatusCode.OK, null)]
    [InlineData("us-east-1", HttpStatusCode.OK, null)]
    [InlineData("default", HttpStatusCode.OK, null)]
    [InlineData("", HttpStatusCode.OK, null)]
    [InlineData("LAS1", HttpStatusCode.BadRequest, "IllegalLocationConstraintException")]
    [InlineData("MARS1", HttpStatusCode.BadRequest, "InvalidLocationConstraint")]
    public async Task The_location_constraint_must_be_this_region(string location, HttpStatusCode status, string? code)
    {
        await using var origin = await TestOrigin.StartAsync();
        var body = $"<CreateBucketConfiguration><LocationConstraint>{location}</LocationConstraint></CreateBucketConfiguration>";

        var created = await origin.Client.PutAsync("/bucket-1", body);

        Assert.Equal((status, code), (created.Status, created.ErrorCode));
    }

    [Fact]
    public async Task Versioning_keeps_versions_and_delete_markers()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        Assert.Null((await client.GetAsync("/bucket-1?versioning")).Value("Status"));
        (await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"))
            .ShouldBe(HttpStatusCode.OK);

        var first = (await client.PutAsync("/bucket-1/k", "one"))["x-amz-version-id"];
        var second = (await client.PutAsync("/bucket-1/k", "two"))["x-amz-version-id"];
        var marker = await client.DeleteAsync("/bucket-1/k");

        Assert.Equal("Enabled", (await client.GetAsync("/bucket-1?versioning")).Value("Status"));
        Assert.Equal("true", marker["x-amz-delete-marker"]);
        var gone = await client.GetAsync("/bucket-1/k");
        gone.ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        Assert.Equal("true", gone["x-amz-delete-marker"]);
        Assert.Equal("one", (await client.GetAsync($"/bucket-1/k?versionId={first}")).Text);
        Assert.Equal("two", (await client.GetAsync($"/bucket-1/k?versionId={second}")).Text);
        (await client.GetAsync($"/bucket-1/k?versionId={marker["x-amz-version-id"]}")).ShouldFail(HttpStatusCode.MethodNotAllowed, "MethodNotAllowed");
        Assert.Equal([marker["x-amz-version-id"]!, second!, first!], (await client.GetAsync("/bucket-1?versions")).Values("VersionId"));

        await client.DeleteAsync($"/bucket-1/k?versionId={marker["x-amz-version-id"]}");
        Assert.Equal("two", (await client.GetAsync("/bucket-1/k")).Text);
    }

    [Fact]
    public async Task Listings_page_through_prefixes_and_delimiters()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        foreach (var key in (string[])["a", "b/1", "b/2", "c", "d/1"])
        {
            await client.PutAsync("/bucket-1/" + key, key);
        }

        var all = new List<string>();
        var token = string.Empty;
        do
        {
            var page = await client.GetAsync($"/bucket-1?list-type=2&max-keys=2&delimiter=%2F{token}");
            all.AddRange(page.Values("Key"));
            all.AddRange(page.Xml.Descendants().Where(static e => e.Name.LocalName == "CommonPrefixes").Select(static e => e.Value));
            token = page.Value("NextContinuationToken") is { } next ? "&continuation-token=" + Uri.EscapeDataString(next) : null;
        }
        while (token is not null);

        Assert.Equal(["a", "b/", "c", "d/"], all.Order(StringComparer.Ordinal));
        Assert.Equal(["b/1", "b/2"], (await client.GetAsync("/bucket-1?prefix=b%2F")).Values("Key"));
        Assert.Equal(["c", "d/1"], (await client.GetAsync("/bucket-1?marker=b%2F2")).Values("Key"));
        Assert.Equal(["c", "d/1"], (await client.GetAsync("/bucket-1?list-type=2&start-after=b%2F2")).Values("Key"));
        (await client.GetAsync("/bucket-1?max-keys=many")).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        (await client.GetAsync("/bucket-1?list-type=2&continuation-token=garbage")).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
    }

    [Fact]
    public async Task A_bucket_of_another_owner_than_expected_is_refused_whatever_the_request()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        (await client.PutAsync("/bucket-1/k", "1", ("x-amz-expected-bucket-owner", "main"))).ShouldBe(HttpStatusCode.OK);
        var other = ("x-amz-expected-bucket-owner", "other");
        (await client.PutAsync("/bucket-1/k", "2", other)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.GetAsync("/bucket-1/k", other)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.GetAsync("/bucket-1?list-type=2", other)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.DeleteAsync("/bucket-1/k", other)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.HeadAsync("/bucket-1", other)).ShouldBe(HttpStatusCode.Forbidden);
        (await client.PutAsync("/bucket-1/copy", string.Empty, ("x-amz-copy-source", "/bucket-1/k"), ("x-amz-source-expected-bucket-owner", "other")))
            .ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/copy", string.Empty, ("x-amz-copy-source", "/bucket-1/k"), ("x-amz-source-expected-bucket-owner", "main")))
            .ShouldBe(HttpStatusCode.OK);
        Assert.Equal("1", (await client.GetAsync("/bucket-1/copy")).Text);
    }

    [Fact]
    public async Task A_presigned_link_may_expect_an_owner_in_its_query()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "1");
        await AssertAsync(HttpMethod.Get, "/bucket-1/k?x-amz-expected-bucket-owner=main", HttpStatusCode.OK);
        await AssertAsync(HttpMethod.Get, "/bucket-1/k?x-amz-expected-bucket-owner=other", HttpStatusCode.Forbidden);
        await AssertAsync(HttpMethod.Get, "/bucket-1/k?X-Amz-Expected-Bucket-Owner=other", HttpStatusCode.Forbidden);
        await AssertAsync(HttpMethod.Get, "/bucket-1?list-type=2&x-amz-expected-bucket-owner=other", HttpStatusCode.Forbidden);
        await AssertAsync(HttpMethod.Put, "/bucket-1/k?x-amz-expected-bucket-owner=other", HttpStatusCode.Forbidden);
        await AssertAsync(HttpMethod.Delete, "/bucket-1/k?x-amz-expected-bucket-owner=other", HttpStatusCode.Forbidden);
        await AssertAsync(HttpMethod.Delete, "/bucket-1/k?x-amz-expected-bucket-owner=main", HttpStatusCode.NoContent);

        async Task AssertAsync(HttpMethod method, string target, HttpStatusCode expected)
        {
            var link = origin.Client.Signer!.Presign(method, new Uri(origin.Server.S3Endpoint, target), TimeSpan.FromMinutes(1));
            using var request = new HttpRequestMessage(method, link);
            using var answer = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(expected == answer.StatusCode, $"{method} {target}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Owners_expected_by_query_and_header_must_all_be_right()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "1");
        var (right, wrong, copy) = (("x-amz-expected-bucket-owner", "main"), ("x-amz-expected-bucket-owner", "other"), ("x-amz-copy-source", "/bucket-1/k"));
        (await client.GetAsync("/bucket-1/k?x-amz-expected-bucket-owner=main", right)).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/bucket-1/k?x-amz-expected-bucket-owner=main", wrong)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.GetAsync("/bucket-1/k?x-amz-expected-bucket-owner=other", right)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/c?x-amz-source-expected-bucket-owner=other", "", copy)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/c?x-amz-source-expected-bucket-owner=main", "", copy)).ShouldBe(HttpStatusCode.OK);
    }
}
