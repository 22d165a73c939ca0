using System.Net;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class AccessPolicyTests
{
    private const string Policies = "/v1/cwobject/access-policy";

    [Fact]
    public async Task A_policy_is_put_replaced_listed_as_it_was_put_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        const string document = """{"version":"v1alpha1","name":"test-policy","statements":[{"name":"allow-everything","effect":"Allow","actions":["*"],"resources":["*"],"principals":["*"]}]}""";

        Assert.Equal("{}", (await api.PostAsync(Policies, $$"""{"policy": {{document}}}""")).ShouldBe(HttpStatusCode.OK).Text);
        Assert.Equal(["allow-everything", "test-policy"], await NamesAsync(api));
        Assert.Equal(document, (await api.GetAsync(Policies)).Json.GetProperty("policies")[1].GetRawText());
        await PutAsync(api, Policy("test-policy", Statement("second", "Deny", "s3:DeleteObject")));
        Assert.Contains("\"second\"", (await api.GetAsync(Policies)).Text, StringComparison.Ordinal);

        Assert.Equal("{}", (await api.DeleteAsync(Policies + "/test-policy")).ShouldBe(HttpStatusCode.OK).Text);
        (await api.DeleteAsync(Policies + "/test-policy")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(["allow-everything"], await NamesAsync(api));
    }

    [Theory]
    [InlineData("""{}""", "'policy' is required")]
    [InlineData("""{"policy": []}""", "policy is refused")]
    [InlineData("""{"policy": {"version": "v1alpha1", "name": "p", "statements": [{"name": "wrong", "effect": "Perhaps", "actions": ["*"], "resources": ["*"], "principals": ["*"]}]}}""", "wrong")]
    [InlineData("""{"policy": {"version": "v1alpha1", "name": "p", "statements": [{"name": "typo", "effect": "Allow", "actions": ["s3:GetObjekt"], "resources": ["*"], "principals": ["*"]}]}}""", "typo")]
    [InlineData("""{"policy": {"version": "v1alpha1", "name": "p", "statements": [{"name": "narrow", "effect": "Allow", "actions": ["cwobject:CreateAccessKey"], "resources": ["bucket"], "principals": ["*"]}]}}""", "narrow")]
    public async Task A_bad_policy_is_refused_with_the_statement_at_fault(string body, string expected)
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        Assert.Contains(expected, (await api.PostAsync(Policies, body)).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument"), StringComparison.Ordinal);
        Assert.Equal(["allow-everything"], await NamesAsync(api));
    }

    [Fact]
    public async Task A_token_that_is_no_admin_may_do_what_policies_grant_its_principal_or_groups()
    {
        await using var origin = await TestOrigin.StartAsync();
        var admin = new ApiClient(origin);
        var (id, _, plain) = await admin.NewTokenAsync("""{"name": "plain", "groups": ["ml-team"]}""");
        await admin.DeleteAsync(Policies + "/allow-everything");
        (await plain.GetAsync(Policies)).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await plain.PostAsync("/v1/cwobject/access-key", """{"durationSeconds": 0}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");

        await PutAsync(admin, Policy("keys", Statement("plain", "Allow", "cwobject:CreateAccessKey", $"coreweave/{id}")));
        (await plain.PostAsync("/v1/cwobject/access-key", """{"durationSeconds": 0}""")).ShouldBe(HttpStatusCode.OK);
        (await plain.GetAsync(Policies)).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Contains("cwobject:ListAccessPolicy", (await plain.GetAsync(Policies)).Text, StringComparison.Ordinal);

        await PutAsync(admin, Policy("all", Statement("everyone", "Allow", "cwobject:*"), Statement("not-keys", "Deny", "cwobject:CreateAccessKey")));
        (await plain.GetAsync(Policies)).ShouldBe(HttpStatusCode.OK);
        (await plain.PostAsync("/v1/cwobject/access-key", """{"durationSeconds": 0}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await admin.PostAsync("/v1/cwobject/access-key", """{"durationSeconds": 0}""")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept_and_bounded_in_number()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        var puts = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => api.PostAsync(Policies, $$"""{"policy": {{Policy($"p{i:00}", Statement("s", "Deny", "s3:DeleteBucket"))}}}""")));

        Assert.Equal(49, puts.Count(static p => p.Status == HttpStatusCode.OK));
        Assert.All(puts.Where(static p => p.Status != HttpStatusCode.OK), static p => p.ShouldFail(HttpStatusCode.Conflict, "conflict"));
        var names = await NamesAsync(api);
        Assert.Equal(50, names.Count);
        await PutAsync(api, Policy(names[^1], Statement("replaced", "Deny", "s3:DeleteBucket")));
        await Task.WhenAll(names.Skip(1).Select(name => api.DeleteAsync($"{Policies}/{name}")));
        Assert.Equal(["allow-everything"], await NamesAsync(api));
    }

    [Fact]
    public async Task Policies_tokens_and_keys_are_there_after_a_restart()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        await PutAsync(api, Policy("kept", Statement("s", "Deny", "s3:DeleteBucket")));
        await api.DeleteAsync(Policies + "/allow-everything");
        var (tokenId, _, other) = await api.NewTokenAsync("""{"name": "other", "admin": true}""");
        var (keyId, _) = await api.NewKeyAsync();
        await api.PostAsync("/v1/cwobject/revoke-access-key/access-key", """{"accessKey": "AKMAIN"}""");

        await origin.RestartAsync();

        Assert.Equal(["kept"], await NamesAsync(api));
        Assert.Equal(["kept"], await NamesAsync(other));
        Assert.Contains(tokenId, (await api.GetAsync("/v1/cwobject/api-token")).Text, StringComparison.Ordinal);
        Assert.Equal("ACTIVE", (await api.GetAsync("/v1/cwobject/access-key/" + keyId)).Json.GetProperty("info").GetProperty("status").GetString());
        Assert.Equal("REVOKED", (await api.GetAsync("/v1/cwobject/access-key/AKMAIN")).Json.GetProperty("info").GetProperty("status").GetString());
    }

    internal static string Policy(string name, params string[] statements) => $$"""{"version": "v1alpha1", "name": "{{name}}", "statements": [{{string.Join(',', statements)}}]}""";

    internal static string Statement(string name, string effect, string action, string principal = "*", string resource = "*") =>
        $$"""{"name": "{{name}}", "effect": "{{effect}}", "actions": ["{{action}}"], "resources": ["{{resource}}"], "principals": ["{{principal}}"]}""";

    internal static async Task PutAsync(ApiClient api, string policy) => (await api.PostAsync(Policies, $$"""{"policy": {{policy}}}""")).ShouldBe(HttpStatusCode.OK);

    private static async Task<IReadOnlyList<string>> NamesAsync(ApiClient api) =>
        [.. (await api.GetAsync(Policies)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("policies").EnumerateArray().Select(static p => p.GetProperty("name").GetString()!)];
}
