using System.Net;
using System.Text.Json;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class CanITests
{
    private const string CanI = "/v1/cwobject/auth/can-i";

    [Fact]
    public async Task The_statement_that_decides_is_named_for_oneself_and_for_others()
    {
        await using var origin = await TestOrigin.StartAsync();
        await using var peer = await origin.StartPeerAsync("LAS1");
        var api = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(peer.Client, "there");
        await peer.Client.PutAsync("/there/secret/a", "x");
        await AccessPolicyTests.PutAsync(api, AccessPolicyTests.Policy("guard", AccessPolicyTests.Statement("keep-out", "Deny", "s3:GetObject", "saml/guest*", "there/secret/*")));

        var own = await AskAsync(api, """{"action": "s3:GetObject", "resource": "there/secret/a"}""");
        var guest = await AskAsync(api, """{"action": "s3:GetObject", "resource": "arn:aws:s3:::there/secret/a", "principalName": "saml/guest-1"}""");
        var open = await AskAsync(api, """{"action": "s3:GetObject", "resource": "there/open/a", "principalName": "saml/guest-1"}""");
        var reader = await AskAsync(api, """{"action": "s3:PutObject", "resource": "there/open/a", "accessLevel": "read"}""");
        var control = await AskAsync(api, """{"action": "cwobject:CreateAccessKey", "principalName": "saml/guest-1"}""");
        var nowhere = await AskAsync(api, """{"action": "s3:ListBucket", "resource": "nowhere"}""");

        Assert.Equal((true, "access-policy/allow-everything", "allow-everything"), Decided(own));
        Assert.Equal((false, "access-policy/guard", "keep-out"), Decided(guest));
        Assert.True(open.GetProperty("allowed").GetBoolean());
        Assert.False(reader.GetProperty("allowed").GetBoolean());
        Assert.True(control.GetProperty("allowed").GetBoolean());
        Assert.Equal((false, null, null), Decided(nowhere));

        await peer.StopAsync();
        (await api.PostAsync(CanI, """{"action": "s3:GetObject", "resource": "there/open/a"}""")).ShouldFail(HttpStatusCode.ServiceUnavailable, "unavailable");
    }

    [Fact]
    public async Task Conditions_are_decided_on_the_context_given()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(origin.Client, "here");
        await api.DeleteAsync("/v1/cwobject/access-policy/allow-everything");
        await AccessPolicyTests.PutAsync(api,
            """
            {"version": "v1alpha1", "name": "office", "statements": [
                {"name": "inside", "effect": "Allow", "actions": ["s3:GetObject"], "resources": ["*"], "principals": ["*"], "conditions": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
                {"name": "team", "effect": "Allow", "actions": ["s3:PutObject"], "resources": ["*"], "principals": ["*"], "conditions": {"ForAnyValue:StringEquals": {"iam:main:groups": "ml-team"}}},
                {"name": "page", "effect": "Allow", "actions": ["s3:ListBucket"], "resources": ["*"], "principals": ["*"], "conditions": {"StringEquals": {"s3:prefix": "open/"}}}]}
            """);

        Assert.True(await MayAsync("s3:GetObject", "here/a", """{"aws:SourceIp": "10.1.2.3"}"""));
        Assert.False(await MayAsync("s3:GetObject", "here/a", """{"aws:SourceIp": "11.1.2.3"}"""));
        Assert.False(await MayAsync("s3:GetObject", "here/a", "{}"));
        Assert.True(await MayAsync("s3:ListBucket", "here", """{"s3:prefix": "open/"}"""));
        Assert.False(await MayAsync("s3:ListBucket", "here", """{"s3:prefix": "closed/"}"""));
        Assert.True((await AskAsync(api, """{"action": "s3:PutObject", "resource": "here/a", "groups": ["ml-team"]}""")).GetProperty("allowed").GetBoolean());
        Assert.False((await AskAsync(api, """{"action": "s3:PutObject", "resource": "here/a"}""")).GetProperty("allowed").GetBoolean());

        async Task<bool> MayAsync(string action, string resource, string context) =>
            (await AskAsync(api, $$"""{"action": "{{action}}", "resource": "{{resource}}", "context": {{context}}}""")).GetProperty("allowed").GetBoolean();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"action": "s3:Fly"}""")]
    [InlineData("""{"action": "s3:GetObject", "resource": "No Bucket/key"}""")]
    [InlineData("""{"action": "s3:GetObject", "principalName": ""}""")]
    [InlineData("""{"action": "s3:GetObject", "context": {"aws:SourceIp": "here"}}""")]
    [InlineData("""{"action": "s3:GetObject", "context": {"aws:username": "root"}}""")]
    [InlineData("""{"action": "s3:GetObject", "accessLevel": "root"}""")]
    public async Task A_bad_question_is_refused(string body)
    {
        await using var origin = await TestOrigin.StartAsync();

        (await new ApiClient(origin).PostAsync(CanI, body)).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
    }

    [Fact]
    public async Task Who_is_no_admin_asks_for_itself_alone()
    {
        await using var origin = await TestOrigin.StartAsync();
        var admin = new ApiClient(origin);
        var (id, _, plain) = await admin.NewTokenAsync("""{"name": "plain"}""");
        await admin.DeleteAsync("/v1/cwobject/access-policy/allow-everything");

        Assert.False((await AskAsync(plain, """{"action": "s3:ListAllMyBuckets"}""")).GetProperty("allowed").GetBoolean());
        Assert.False((await AskAsync(plain, $$"""{"action": "s3:ListAllMyBuckets", "principalName": "coreweave/{{id}}"}""")).GetProperty("allowed").GetBoolean());
        (await plain.PostAsync(CanI, """{"action": "s3:ListAllMyBuckets", "principalName": "saml/other"}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await plain.PostAsync(CanI, """{"action": "s3:ListAllMyBuckets", "groups": ["admins"]}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
    }

    private static async Task<JsonElement> AskAsync(ApiClient api, string body) => (await api.PostAsync(CanI, body)).ShouldBe(HttpStatusCode.OK).Json;

    private static (bool Allowed, string? Policy, string? Statement) Decided(JsonElement answer) =>
        (answer.GetProperty("allowed").GetBoolean(), answer.GetProperty("policy").GetString(), answer.GetProperty("statement").GetString());
}
