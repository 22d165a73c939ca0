using System.Net;
using System.Text.Json;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class AccessKeyTests
{
    private const string Keys = "/v1/cwobject/access-key";
    private const string Revoke = "/v1/cwobject/revoke-access-key/access-key";
    private const string RevokePrincipal = "/v1/cwobject/revoke-access-key/principal";

    [Fact]
    public async Task A_created_key_signs_at_once_and_a_revoked_one_no_more()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        var created = (await api.PostAsync(Keys, """{"durationSeconds": 0}""")).ShouldBe(HttpStatusCode.OK).Json;
        var id = created.GetProperty("accessKeyID").GetString()!;
        var client = api.S3(id, created.GetProperty("secretKey").GetString()!);

        Assert.StartsWith("CW", id, StringComparison.Ordinal);
        Assert.Equal(id, created.GetProperty("accessKeyId").GetString());
        Assert.Equal("coreweave/main-bootstrap", created.GetProperty("principalName").GetString());
        Assert.Equal(JsonValueKind.Null, created.GetProperty("expiry").ValueKind);
        Assert.Equal(["accessKeyID", "accessKeyId", "expiry", "principalName", "secretKey"], created.EnumerateObject().Select(static p => p.Name).Order());
        (await client.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        var info = (await api.GetAsync($"{Keys}/{id}")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("info");
        Assert.Equal(
            ["accessKeyId", "attributes", "expiry", "orgId", "principalName", "status"], info.EnumerateObject().Select(static p => p.Name).Order());
        Assert.Equal(("ACTIVE", "main"), (info.GetProperty("status").GetString(), info.GetProperty("orgId").GetString()));

        Assert.Equal("{}", (await api.PostAsync(Revoke, $$"""{"accessKey": "{{id}}"}""")).ShouldBe(HttpStatusCode.OK).Text);
        (await client.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        var list = (await api.GetAsync(Keys)).Json;
        Assert.False(list.TryGetProperty("nextPageToken", out _));
        Assert.Equal(
            [("AKMAIN", "ACTIVE"), (id, "REVOKED")],
            list.GetProperty("info").EnumerateArray().Select(static k => (k.GetProperty("accessKeyId").GetString()!, k.GetProperty("status").GetString()!)));
    }

    [Fact]
    public async Task A_temporary_key_ends_to_the_second_and_shows_what_it_was_given()
    {
        var time = new OffsetTimeProvider();
        await using var origin = await TestOrigin.StartAsync(time: time);
        var api = new ApiClient(origin);

        var created = (await api.PostAsync(
            Keys, """{"durationSeconds": 300, "name": "training", "accessLevel": "readwrite", "defaultRegion": "LAS1"}""")).ShouldBe(HttpStatusCode.OK).Json;
        var id = created.GetProperty("accessKeyId").GetString()!;
        var client = api.S3(id, created.GetProperty("secretKey").GetString()!);
        var expiry = created.GetProperty("expiry").GetString()!;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", expiry);
        var attributes = (await api.GetAsync($"{Keys}/{id}")).Json.GetProperty("info").GetProperty("attributes");
        Assert.Equal("""{"accessLevel":"readwrite","defaultRegion":"LAS1","name":"training"}""", attributes.GetRawText());
        (await client.GetAsync("/")).ShouldBe(HttpStatusCode.OK);

        time.Advance(TimeSpan.FromSeconds(301));

        (await client.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        Assert.Equal("EXPIRED", (await api.GetAsync($"{Keys}/{id}")).Json.GetProperty("info").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("{}", "'durationSeconds' is required")]
    [InlineData("""{"durationSeconds": null}""", "'durationSeconds' is required")]
    [InlineData("""{"durationSeconds": -1}""", "43200")]
    [InlineData("""{"durationSeconds": 43201}""", "43200")]
    [InlineData("""{"durationSeconds": 1.5}""", "'durationSeconds' has the wrong type")]
    [InlineData("""{"durationSeconds": 1e99}""", "'durationSeconds' has the wrong type")]
    [InlineData("""{"durationSeconds": "300"}""", "'durationSeconds' has the wrong type")]
    [InlineData("""{"durationSeconds": 0, "accessLevel": "root"}""", "'accessLevel' must be")]
    [InlineData("""{"durationSeconds": 0, "accessLevl": "read"}""", "'accessLevl' is not a field")]
    [InlineData("""{"durationSeconds": 0, "DurationSeconds": 0}""", "'DurationSeconds' is not a field")]
    [InlineData("""{"durationSeconds": 0, "durationSeconds": 300}""", "twice")]
    [InlineData("""{"durationSeconds": 0, "name": ""}""", "'name' must have")]
    [InlineData("""{"durationSeconds": 0, "name": "a\u0000b"}""", "'name' must have")]
    [InlineData("""{"durationSeconds": 0""", "not valid JSON")]
    [InlineData("nonsense", "not valid JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("null", "must be a JSON object")]
    [InlineData("", "not valid JSON")]
    public async Task A_bad_request_is_refused_with_what_is_wrong(string body, string expected)
    {
        await using var origin = await TestOrigin.StartAsync();

        Assert.Contains(expected, (await new ApiClient(origin).PostAsync(Keys, body)).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_another_organization_are_not_there()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        var absent = (await api.GetAsync(Keys + "/CWAAAAAAAAAAAAAA")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(absent, (await api.GetAsync(Keys + "/AKOTHER")).ShouldFail(HttpStatusCode.NotFound, "not_found"));
        Assert.Equal(absent, (await api.PostAsync(Revoke, """{"accessKey": "AKOTHER"}""")).ShouldFail(HttpStatusCode.NotFound, "not_found"));
        Assert.Equal("{}", (await api.PostAsync(RevokePrincipal, """{"principalName": "static/AKOTHER"}""")).ShouldBe(HttpStatusCode.OK).Text);
        (await origin.Stranger.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task All_keys_of_a_principal_end_together()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        var (_, first) = await api.NewKeyAsync();
        var (_, second) = await api.NewKeyAsync("""{"durationSeconds": 300}""");
        (await first.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        (await second.GetAsync("/")).ShouldBe(HttpStatusCode.OK);

        Assert.Equal("{}", (await api.PostAsync(RevokePrincipal, """{"principalName": "coreweave/main-bootstrap"}""")).ShouldBe(HttpStatusCode.OK).Text);

        (await first.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        (await second.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        (await origin.Client.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_listing_can_be_had_in_pages()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        List<string> expected = ["AKMAIN"];
        for (var i = 0; i < 4; i++)
        {
            expected.Add((await api.NewKeyAsync()).Id);
        }

        List<string> found = [];
        string? next = null;
        do
        {
            var page = (await api.GetAsync($"{Keys}?pageSize=2" + (next is null ? null : "&pageToken=" + next))).ShouldBe(HttpStatusCode.OK).Json;
            found.AddRange(page.GetProperty("info").EnumerateArray().Select(static k => k.GetProperty("accessKeyId").GetString()!));
            next = page.TryGetProperty("nextPageToken", out var token) ? token.GetString() : null;
        }
        while (next is not null);

        Assert.Equal(expected.Order(StringComparer.Ordinal), found);
        (await api.GetAsync(Keys + "?pageSize=0")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await api.GetAsync(Keys + "?pageSize=many")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
    }

    [Fact]
    public async Task A_key_of_a_lower_level_may_do_less()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");

        var (_, reader) = await new ApiClient(origin).NewKeyAsync("""{"durationSeconds": 3600, "accessLevel": "read"}""");

        Assert.Equal("x", (await reader.GetAsync("/bucket-1/k")).Text);
        (await reader.PutAsync("/bucket-1/k", "y")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await reader.PutAsync("/bucket-2", "")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }
}
