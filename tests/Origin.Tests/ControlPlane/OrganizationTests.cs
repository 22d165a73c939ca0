using System.Net;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class OrganizationTests
{
    private const string Organizations = "/v1/operator/organizations";

    [Fact]
    public async Task A_new_organization_denies_everything_until_its_first_policy_which_the_answer_says_how_to_set()
    {
        await using var origin = await TestOrigin.StartAsync();
        var created = (await Operator(origin).PostAsync(Organizations, """{"id": "acme", "displayName": "Acme Inc."}""")).ShouldBe(HttpStatusCode.OK).Json;
        var token = created.GetProperty("apiToken").GetProperty("token").GetString()!;
        var admin = new ApiClient(origin, token);
        Assert.Equal(("acme", "ACTIVE"), (created.GetProperty("organization").GetProperty("id").GetString(), created.GetProperty("organization").GetProperty("status").GetString()));
        Assert.Empty((await admin.GetAsync("/v1/cwobject/access-policy")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("policies").EnumerateArray());
        Assert.False(await MayListAsync(admin));

        var nextStep = created.GetProperty("nextStep").GetString()!;
        Assert.Contains(token, nextStep, StringComparison.Ordinal);
        Assert.Contains(origin.Server.ControlPlaneEndpoint!.Authority, nextStep, StringComparison.Ordinal);
        var body = nextStep[(nextStep.LastIndexOf("-d '", StringComparison.Ordinal) + 4)..^1];
        (await admin.PostAsync("/v1/cwobject/access-policy", body)).ShouldBe(HttpStatusCode.OK);

        Assert.True(await MayListAsync(admin));
        (await Operator(origin).PostAsync(Organizations, """{"id": "acme"}""")).ShouldFail(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task A_suspended_organization_is_refused_until_it_may_go_on()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (keeper, admin) = (Operator(origin), new ApiClient(origin));

        var suspended = (await keeper.PostAsync(Organizations + "/main/suspend", "")).ShouldBe(HttpStatusCode.OK).Json;
        Assert.Equal("SUSPENDED", suspended.GetProperty("organization").GetProperty("status").GetString());
        (await admin.GetAsync("/v1/cwobject/access-key")).ShouldFail(HttpStatusCode.Forbidden, "organization_suspended");
        (await admin.GetAsync("/v1/cwobject/temporary-credentials/api-token")).ShouldFail(HttpStatusCode.Forbidden, "organization_suspended");

        (await keeper.PostAsync(Organizations + "/main/resume", "")).ShouldBe(HttpStatusCode.OK);
        (await admin.GetAsync("/v1/cwobject/access-key")).ShouldBe(HttpStatusCode.OK);
        (await keeper.PostAsync(Organizations + "/nobody/suspend", "")).ShouldFail(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Quotas_are_set_by_region_and_listed()
    {
        await using var origin = await TestOrigin.StartAsync();
        var keeper = Operator(origin);

        var set = (await keeper.PutAsync(Organizations + "/main/quotas", """{"defaultBytes": 1000, "regions": {"LAS1": 5000}}""")).ShouldBe(HttpStatusCode.OK).Json;
        Assert.Equal("""{"defaultBytes":1000,"regions":{"LAS1":5000}}""", set.GetProperty("organization").GetProperty("quotas").GetRawText());
        var main = (await keeper.GetAsync(Organizations + "/main")).ShouldBe(HttpStatusCode.OK).Json;
        Assert.Equal(set.GetRawText(), main.GetRawText());
        var list = (await keeper.GetAsync(Organizations)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("organizations");
        Assert.Equal(["main", "other"], list.EnumerateArray().Select(static o => o.GetProperty("id").GetString()!));
        Assert.Equal(30_000_000_000_000, list[1].GetProperty("quotas").GetProperty("defaultBytes").GetInt64());

        (await keeper.PutAsync(Organizations + "/main/quotas", """{"regions": {"XYZ9": 1}}""")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await keeper.PutAsync(Organizations + "/main/quotas", """{"defaultBytes": -1}""")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await keeper.PutAsync(Organizations + "/nobody/quotas", "{}")).ShouldFail(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Only_the_operator_manages_organizations_and_manages_nothing_else()
    {
        await using var origin = await TestOrigin.StartAsync();

        (await new ApiClient(origin).GetAsync(Organizations)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await new ApiClient(origin).PostAsync(Organizations, "{}")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await Operator(origin).GetAsync("/v1/cwobject/access-key")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        foreach (var id in (string[])["Upper", "-x", "x-", "a b", "", new string('x', 64)])
        {
            (await Operator(origin).PostAsync(Organizations, $$"""{"id": "{{id}}"}""")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        }
    }

    [Fact]
    public async Task An_organization_that_lost_its_tokens_gets_another()
    {
        await using var origin = await TestOrigin.StartAsync();

        var created = (await Operator(origin).PostAsync(Organizations + "/other/api-token", """{"name": "rescue"}""")).ShouldBe(HttpStatusCode.OK).Json;
        var keys = (await new ApiClient(origin, created.GetProperty("token").GetString()).GetAsync("/v1/cwobject/access-key")).ShouldBe(HttpStatusCode.OK).Json;

        Assert.Equal("AKOTHER", keys.GetProperty("info")[0].GetProperty("accessKeyId").GetString());
    }

    private static ApiClient Operator(TestOrigin origin) => new(origin, TestOrigin.OperatorToken);

    private static async Task<bool> MayListAsync(ApiClient api) => (await api.PostAsync("/v1/cwobject/auth/can-i", """{"action": "s3:ListAllMyBuckets"}"""))
        .ShouldBe(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean();
}
