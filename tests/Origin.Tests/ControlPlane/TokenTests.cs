using System.Net;
using System.Text;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class TokenTests
{
    private const string Tokens = "/v1/cwobject/api-token";
    private const string Exchange = "/v1/cwobject/temporary-credentials/api-token";

    [Fact]
    public async Task A_token_is_shown_once_works_until_it_is_revoked_and_takes_its_temporary_keys_along()
    {
        await using var origin = await TestOrigin.StartAsync();
        var admin = new ApiClient(origin);
        var (id, secret, other) = await admin.NewTokenAsync("""{"name": "ci", "groups": ["ml-team", "ml-team"], "admin": true}""");
        var (_, temporary) = await other.NewKeyAsync("""{"durationSeconds": 600}""");
        var (_, permanent) = await other.NewKeyAsync();
        var list = (await admin.GetAsync(Tokens)).ShouldBe(HttpStatusCode.OK);
        var info = list.Json.GetProperty("info").EnumerateArray().Single(t => t.GetProperty("id").GetString() == id);
        Assert.Equal(("ci", "ACTIVE", "coreweave/" + id), (info.GetProperty("name").GetString(), info.GetProperty("status").GetString(), info.GetProperty("principalName").GetString()));
        Assert.Equal("""["ml-team"]""", info.GetProperty("groups").GetRawText());
        Assert.DoesNotContain(secret, list.Text, StringComparison.Ordinal);
        (await temporary.GetAsync("/")).ShouldBe(HttpStatusCode.OK);

        Assert.Equal("{}", (await admin.DeleteAsync($"{Tokens}/{id}")).ShouldBe(HttpStatusCode.OK).Text);

        (await other.GetAsync(Tokens)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await temporary.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        (await permanent.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        info = (await admin.GetAsync(Tokens)).Json.GetProperty("info").EnumerateArray().Single(t => t.GetProperty("id").GetString() == id);
        Assert.Equal("REVOKED", info.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_token_ends_when_it_was_to()
    {
        var time = new OffsetTimeProvider();
        await using var origin = await TestOrigin.StartAsync(time: time);
        var admin = new ApiClient(origin);
        var (id, _, other) = await admin.NewTokenAsync("""{"name": "ci", "durationSeconds": 60, "admin": true}""");
        (await other.GetAsync(Tokens)).ShouldBe(HttpStatusCode.OK);

        time.Advance(TimeSpan.FromSeconds(61));

        (await other.GetAsync(Tokens)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        var info = (await admin.GetAsync(Tokens)).Json.GetProperty("info").EnumerateArray().Single(t => t.GetProperty("id").GetString() == id);
        Assert.Equal("EXPIRED", info.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name": ""}""")]
    [InlineData("""{"name": "x", "groups": [""]}""")]
    [InlineData("""{"name": "x", "groups": [null]}""")]
    [InlineData("""{"name": "x", "groups": "ml"}""")]
    [InlineData("""{"name": "x", "admin": "yes"}""")]
    [InlineData("""{"name": "x", "durationSeconds": -1}""")]
    public async Task A_bad_request_for_a_token_is_refused(string body)
    {
        await using var origin = await TestOrigin.StartAsync();

        (await new ApiClient(origin).PostAsync(Tokens, body)).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
    }

    [Fact]
    public async Task A_token_makes_none_that_may_do_more_than_itself()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (_, _, plain) = await new ApiClient(origin).NewTokenAsync("""{"name": "plain", "groups": ["a"]}""");

        (await plain.PostAsync(Tokens, """{"name": "x", "admin": true}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await plain.PostAsync(Tokens, """{"name": "x", "groups": ["a", "b"]}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await plain.PostAsync(Tokens, """{"name": "x", "groups": ["a"]}""")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Tokens_of_another_organization_are_not_there()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:Bootstrap:Organizations:0:ApiToken"] = "other-api-token" });

        (await new ApiClient(origin).DeleteAsync(Tokens + "/other-bootstrap")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await new ApiClient(origin, "other-api-token").GetAsync(Tokens)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("")]
    public async Task A_token_is_exchanged_for_credentials_that_need_their_session_token(string scheme)
    {
        await using var origin = await TestOrigin.StartAsync();
        var answer = (await new ApiClient(origin, token: null).SendAsync(HttpMethod.Get, Exchange, authorization: scheme + TestOrigin.ApiToken)).ShouldBe(HttpStatusCode.OK).Json;
        Assert.Equal(["AccessKeyId", "Expiration", "SecretAccessKey", "Token"], answer.EnumerateObject().Select(static p => p.Name).Order());
        var expiration = answer.GetProperty("Expiration").GetDateTimeOffset();
        Assert.InRange(expiration, origin.Time.GetUtcNow().AddMinutes(59), origin.Time.GetUtcNow().AddMinutes(61));
        var client = new ApiClient(origin).S3(answer.GetProperty("AccessKeyId").GetString()!, answer.GetProperty("SecretAccessKey").GetString()!);
        var token = answer.GetProperty("Token").GetString()!;

        (await client.SendAsync(HttpMethod.Get, "/", headers: [("x-amz-security-token", token)])).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/")).ShouldFail(HttpStatusCode.BadRequest, "InvalidToken");
        (await client.SendAsync(HttpMethod.Get, "/", headers: [("x-amz-security-token", token + "x")])).ShouldFail(HttpStatusCode.BadRequest, "InvalidToken");
    }

    [Fact]
    public async Task The_life_of_exchanged_credentials_may_be_asked_for_within_bounds()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        var expiration = (await api.GetAsync(Exchange + "?durationSeconds=43200")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("Expiration").GetDateTimeOffset();
        Assert.InRange(expiration, origin.Time.GetUtcNow().AddHours(11.9), origin.Time.GetUtcNow().AddHours(12.1));
        (await api.GetAsync(Exchange + "?durationSeconds=899")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await api.GetAsync(Exchange + "?durationSeconds=43201")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await new ApiClient(origin, "wrong").GetAsync(Exchange)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task No_secret_is_in_the_database_but_those_that_sign()
    {
        await using var origin = await TestOrigin.StartAsync();
        var admin = new ApiClient(origin);
        var (_, secret, other) = await admin.NewTokenAsync("""{"name": "ci", "admin": true}""");
        var sessionToken = (await other.GetAsync(Exchange)).Json.GetProperty("Token").GetString()!;
        await origin.StopAsync();

        var files = Directory.GetFiles(origin.DataDirectory, "identity.db*").Select(File.ReadAllBytes).ToList();
        Assert.NotEmpty(files);
        foreach (var hidden in (string[])[secret, sessionToken, TestOrigin.ApiToken, TestOrigin.OperatorToken])
        {
            Assert.All(files, file => Assert.Equal(-1, file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(hidden))));
        }
    }
}
