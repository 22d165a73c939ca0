using System.Net;

namespace EdgeCache.Origin.Tests.ControlPlane;

/// <summary>What is changed through the API decides S3 requests: at once on the control plane's host, and by the feed on the other origins.</summary>
public sealed class EnforcementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Organizations = "/v1/operator/organizations";

    [Fact]
    public async Task A_suspended_organization_can_neither_read_nor_write_until_it_may_go_on()
    {
        await using var origin = await TestOrigin.StartAsync();
        await using var peer = await origin.StartPeerAsync("LAS1");
        var keeper = new ApiClient(origin, TestOrigin.OperatorToken);
        await S3TestClient.NewBucketAsync(origin.Client, "here");
        await S3TestClient.NewBucketAsync(peer.Client, "there");

        (await keeper.PostAsync(Organizations + "/main/suspend", "")).ShouldBe(HttpStatusCode.OK);
        (await origin.Client.GetAsync("/here")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Client.PutAsync("/here/k", "x")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Stranger.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        await UntilAsync(peer.Client, "/there", HttpStatusCode.Forbidden);

        (await keeper.PostAsync(Organizations + "/main/resume", "")).ShouldBe(HttpStatusCode.OK);
        (await origin.Client.GetAsync("/here")).ShouldBe(HttpStatusCode.OK);
        await UntilAsync(peer.Client, "/there", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_organization_is_denied_until_its_first_policy()
    {
        await using var origin = await TestOrigin.StartAsync();
        var created = (await new ApiClient(origin, TestOrigin.OperatorToken).PostAsync(Organizations, """{"id": "acme"}""")).ShouldBe(HttpStatusCode.OK).Json;
        var admin = new ApiClient(origin, created.GetProperty("apiToken").GetProperty("token").GetString());
        var (_, s3) = await admin.NewKeyAsync();
        (await s3.PutAsync("/first-bucket", "")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        await AccessPolicyTests.PutAsync(admin, AccessPolicyTests.Policy("first", AccessPolicyTests.Statement("all", "Allow", "*")));

        (await s3.PutAsync("/first-bucket", "")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_policy_is_in_force_at_once_and_by_groups_of_the_token_that_made_the_key()
    {
        await using var origin = await TestOrigin.StartAsync();
        var admin = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(origin.Client, "here");
        var (_, _, team) = await admin.NewTokenAsync("""{"name": "team", "groups": ["ml-team"], "admin": true}""");
        var (_, inside) = await team.NewKeyAsync();
        var (_, outside) = await admin.NewKeyAsync();

        await AccessPolicyTests.PutAsync(admin,
            """
            {"version": "v1alpha1", "name": "team", "statements": [{"name": "not-the-team", "effect": "Deny", "actions": ["s3:PutObject"], "resources": ["*"],
                "principals": ["*"], "conditions": {"ForAllValues:StringNotEquals": {"iam:main:groups": "ml-team"}}}]}
            """);

        (await inside.PutAsync("/here/k", "x")).ShouldBe(HttpStatusCode.OK);
        (await outside.PutAsync("/here/k", "x")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await admin.DeleteAsync("/v1/cwobject/access-policy/team")).ShouldBe(HttpStatusCode.OK);
        (await outside.PutAsync("/here/k", "x")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revoked_token_takes_its_temporary_keys_along_on_every_origin()
    {
        await using var origin = await TestOrigin.StartAsync();
        await using var peer = await origin.StartPeerAsync("LAS1");
        var admin = new ApiClient(origin);
        var (id, _, other) = await admin.NewTokenAsync("""{"name": "ci", "admin": true}""");
        var (keyId, here) = await other.NewKeyAsync("""{"durationSeconds": 600}""");
        var there = new S3TestClient(peer.Server.S3Endpoint, peer.Http, here.Signer);
        (await there.GetAsync("/")).ShouldBe(HttpStatusCode.OK);

        (await admin.DeleteAsync("/v1/cwobject/api-token/" + id)).ShouldBe(HttpStatusCode.OK);

        (await here.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        await UntilAsync(there, "/", HttpStatusCode.Forbidden);
        Assert.Equal("REVOKED", (await admin.GetAsync("/v1/cwobject/access-key/" + keyId)).Json.GetProperty("info").GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_revoked_is_not_made_again_by_a_restart()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (_, _, other) = await new ApiClient(origin).NewTokenAsync("""{"name": "other", "admin": true}""");
        (await other.DeleteAsync("/v1/cwobject/api-token/main-bootstrap")).ShouldBe(HttpStatusCode.OK);
        (await other.PostAsync("/v1/cwobject/revoke-access-key/access-key", """{"accessKey": "AKMAIN"}""")).ShouldBe(HttpStatusCode.OK);
        (await other.DeleteAsync("/v1/cwobject/access-policy/allow-everything")).ShouldBe(HttpStatusCode.OK);

        await origin.RestartAsync();

        (await new ApiClient(origin).GetAsync("/v1/cwobject/api-token")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await origin.Client.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        Assert.Equal("""{"policies":[]}""", (await other.GetAsync("/v1/cwobject/access-policy")).ShouldBe(HttpStatusCode.OK).Text);
    }

    /// <summary>Asks until the change has come by the feed; <see cref="Patience"/> only ends a test that has failed.</summary>
    private static async Task UntilAsync(S3TestClient client, string path, HttpStatusCode status)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while ((await client.GetAsync(path)).Status != status)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }
}
