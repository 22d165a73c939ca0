using System.Net;
using System.Text.Json;
using EdgeCache.Origin.ControlPlane.Federation;
using EdgeCache.Origin.Tests.Identity.Federation.Oidc;
using EdgeCache.Origin.Tests.Identity.Federation.Saml;

namespace EdgeCache.Origin.Tests.ControlPlane.Federation;

/// <summary>From a credential of an identity provider to a key that signs S3 requests, over HTTP.</summary>
public sealed class FederationCredentialTests : IDisposable
{
    private const string Saml = "/v1/cwobject/temporary-credentials/saml";
    private const string Oidc = "/v1/cwobject/temporary-credentials/oidc";

    private readonly TestIdp _idp = TestIdp.CreateRsa();
    private int _assertions;

    public void Dispose() => _idp.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(TestOrigin.ApiToken)]
    [InlineData("some-token-that-is-none")]
    public async Task A_SAML_response_gives_a_key_that_signs(string? token)
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        var config = await Configure.SamlAsync(api, _idp);

        var answer = (await new ApiClient(origin, token).PostAsync(Saml, Request(config, Respond(origin), 300))).ShouldBe(HttpStatusCode.OK).Json;

        var id = answer.GetProperty("accessKeyID").GetString()!;
        Assert.Equal("saml/reader", answer.GetProperty("principalName").GetString());
        Assert.InRange(answer.GetProperty("expiry").GetDateTimeOffset() - origin.Time.GetUtcNow(), TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(300));
        (await api.S3(id, answer.GetProperty("secretKey").GetString()!).GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        var info = (await api.GetAsync("/v1/cwobject/access-key/" + id)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("info");
        Assert.Equal(("saml/reader", "ACTIVE"), (info.GetProperty("principalName").GetString(), info.GetProperty("status").GetString()));
        Assert.Equal(config, info.GetProperty("attributes").GetProperty("federationConfigId").GetString());
    }

    [Fact]
    public async Task An_OIDC_token_gives_keys_that_sign_until_it_expires()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:AllowPrivateIssuers"] = "true" });
        var (api, stranger) = (new ApiClient(origin), new ApiClient(origin, token: null));
        var config = await Configure.OidcAsync(api, issuer);
        var token = issuer.Key.Sign(issuer.Claims(origin.Time.GetUtcNow()));
        var principal = $"role/{issuer.Url}:system:serviceaccount:team:trainer";

        for (var i = 0; i < 2; i++)
        {
            var answer = (await stranger.PostAsync(Oidc, OidcRequest(config, token))).ShouldBe(HttpStatusCode.OK).Json;
            var id = answer.GetProperty("accessKeyID").GetString()!;
            Assert.Equal(principal, answer.GetProperty("principalName").GetString());
            (await api.S3(id, answer.GetProperty("secretKey").GetString()!).GetAsync("/")).ShouldBe(HttpStatusCode.OK);
            var info = (await api.GetAsync("/v1/cwobject/access-key/" + id)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("info");
            Assert.Equal(principal, info.GetProperty("principalName").GetString());
        }

        var expired = issuer.Key.Sign(issuer.Claims(origin.Time.GetUtcNow().AddHours(-1)));
        (await stranger.PostAsync(Oidc, OidcRequest(config, expired))).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await stranger.PostAsync(Oidc, OidcRequest(config, "nonsense"))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Oidc, OidcRequest(config, new string('a', 20_000)))).ShouldFail(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task Policies_decide_what_a_federated_principal_and_its_groups_may_do()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (api, stranger) = (new ApiClient(origin), new ApiClient(origin, token: null));
        var config = await Configure.SamlAsync(api, _idp);
        await PolicyAsync(origin, """{"name": "no-writers", "effect": "Deny", "principals": ["saml/writer"], "actions": ["cwobject:CreateAccessKeySAML"], "resources": ["*"]}""");

        (await stranger.PostAsync(Saml, Request(config, Respond(origin), 300))).ShouldBe(HttpStatusCode.OK);
        var message = (await stranger.PostAsync(Saml, Request(config, Respond(origin, new SamlShape { Roles = ["writer"] }), 300)))
            .ShouldFail(HttpStatusCode.Forbidden, "permission_denied");

        Assert.Contains("saml/writer may not do cwobject:CreateAccessKeySAML", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assertion_serves_once_even_across_a_restart()
    {
        await using var origin = await TestOrigin.StartAsync();
        var config = await Configure.SamlAsync(new ApiClient(origin), _idp);
        var response = Respond(origin);
        (await new ApiClient(origin, token: null).PostAsync(Saml, Request(config, response, 300))).ShouldBe(HttpStatusCode.OK);

        var message = (await new ApiClient(origin, token: null).PostAsync(Saml, Request(config, response, 300))).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("used before", message, StringComparison.Ordinal);
        await origin.RestartAsync();

        message = (await new ApiClient(origin, token: null).PostAsync(Saml, Request(config, response, 300))).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("used before", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_replays_at_the_same_time_one_wins()
    {
        await using var origin = await TestOrigin.StartAsync();
        var config = await Configure.SamlAsync(new ApiClient(origin), _idp);
        var request = Request(config, Respond(origin), 300);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => new ApiClient(origin, token: null).PostAsync(Saml, request))));

        Assert.Single(answers, static a => a.Status == HttpStatusCode.OK);
        Assert.Equal(11, answers.Count(static a => a.Status == HttpStatusCode.Unauthorized && a.Text.Contains("used before", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refused_assertion_is_not_used_up()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (api, stranger) = (new ApiClient(origin), new ApiClient(origin, token: null));
        var config = await Configure.SamlAsync(api, _idp, maxDuration: 600);
        var response = Respond(origin);

        (await stranger.PostAsync(Saml, Request(config, response, 601))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Saml, Request(config, response, 600))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_key_outlives_the_providers_session()
    {
        await using var origin = await TestOrigin.StartAsync();
        var config = await Configure.SamlAsync(new ApiClient(origin), _idp);
        var response = Respond(origin, new SamlShape { SessionNotOnOrAfter = TimeSpan.FromMinutes(2) });

        var answer = (await new ApiClient(origin, token: null).PostAsync(Saml, Request(config, response, 43_200))).ShouldBe(HttpStatusCode.OK).Json;

        Assert.InRange(answer.GetProperty("expiry").GetDateTimeOffset() - origin.Time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task The_key_has_the_configurations_level()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        var config = await Configure.SamlAsync(api, _idp, level: "read");
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");

        var answer = (await new ApiClient(origin, token: null).PostAsync(Saml, Request(config, Respond(origin), 300))).ShouldBe(HttpStatusCode.OK).Json;
        var s3 = api.S3(answer.GetProperty("accessKeyID").GetString()!, answer.GetProperty("secretKey").GetString()!);

        Assert.Equal("x", (await s3.GetAsync("/bucket-1/k")).Text);
        (await s3.PutAsync("/bucket-1/k", "y")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task Bad_requests_are_refused_by_what_is_wrong_with_them()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (api, stranger) = (new ApiClient(origin), new ApiClient(origin, token: null));
        var config = await Configure.SamlAsync(api, _idp);
        var oidc = await Configure.OidcAsync(api, "https://issuer.example.test");

        (await stranger.PostAsync(Saml, "{}")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Saml, Request(config, Respond(origin), 0))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Saml, Request(config, Respond(origin), 43_201))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Saml, Request(config, null, 300))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Saml, Request(config, "bm9uc2Vuc2U=", 300))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await stranger.PostAsync(Saml, Request("fcunknown", Respond(origin), 300))).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await stranger.PostAsync(Saml, Request(oidc, Respond(origin), 300))).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await stranger.PostAsync(Saml, Request(config, Respond(origin), 300, "other"))).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await stranger.PostAsync(Saml, Request(config, new string('A', FederationCredentialEndpoints.MaxBodyBytes), 300)))
            .ShouldFail(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        (await stranger.PostAsync(Saml, Request(config, Convert.ToBase64String(new byte[129 * 1024]), 300))).ShouldFail(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        (await stranger.PostAsync(Oidc, OidcRequest(oidc, TestKey.Rsa("k").Sign(new { iss = "https://issuer.example.test" })))).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Keys_stay_when_their_configuration_goes_unless_asked_to_go_with_it()
    {
        await using var origin = await TestOrigin.StartAsync();
        var (api, stranger) = (new ApiClient(origin), new ApiClient(origin, token: null));
        var config = await Configure.SamlAsync(api, _idp);
        var other = await Configure.SamlAsync(api, _idp, name: "other");
        async Task<(string Id, S3TestClient S3)> NewKeyAsync(string by)
        {
            var key = (await stranger.PostAsync(Saml, Request(by, Respond(origin), 300))).ShouldBe(HttpStatusCode.OK).Json;
            var id = key.GetProperty("accessKeyID").GetString()!;
            return (id, api.S3(id, key.GetProperty("secretKey").GetString()!));
        }

        var (first, second, untouched) = (await NewKeyAsync(config), await NewKeyAsync(config), await NewKeyAsync(other));
        var replaced = await api.PutAsync(Configure.Path + "/" + config, Configure.SamlBody(_idp, roles: "auditor"));
        Assert.False(replaced.ShouldBe(HttpStatusCode.OK).Json.TryGetProperty("revokedKeys", out _));
        (await first.S3.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        (await stranger.PostAsync(Saml, Request(config, Respond(origin), 300))).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");

        replaced = await api.PutAsync(Configure.Path + "/" + config, Configure.SamlBody(_idp, revokeKeys: true));
        Assert.Equal(2, replaced.ShouldBe(HttpStatusCode.OK).Json.GetProperty("revokedKeys").GetInt32());
        (await first.S3.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        (await second.S3.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");

        var third = await NewKeyAsync(config);
        (await api.DeleteAsync(Configure.Path + "/" + config)).ShouldBe(HttpStatusCode.OK);
        (await third.S3.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        (await stranger.PostAsync(Saml, Request(config, Respond(origin), 300))).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await untouched.S3.GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        (await api.DeleteAsync(Configure.Path + "/" + other + "?revokeKeys=true")).ShouldBe(HttpStatusCode.OK);
        (await untouched.S3.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
    }

    [Fact]
    public async Task The_audit_log_tells_who_got_a_key_and_never_by_what()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:Audit:MaxBatchAge"] = "01:00:00" });
        var (api, stranger) = (new ApiClient(origin), new ApiClient(origin, token: null));
        var config = await Configure.SamlAsync(api, _idp);
        (await api.PutAsync("/v1/cwobject/organization/settings", """{"settings": {"controlPlaneAuditLoggingEnabled": true}}""")).ShouldBe(HttpStatusCode.OK);
        var response = Respond(origin);

        (await stranger.PostAsync(Saml, Request("fcunknown", response, 300))).ShouldBe(HttpStatusCode.NotFound);
        var key = (await stranger.PostAsync(Saml, Request(config, response, 300))).ShouldBe(HttpStatusCode.OK).Json;
        (await stranger.PostAsync(Saml, Request(config, response, 300))).ShouldBe(HttpStatusCode.Unauthorized);

        var records = Directory.GetFiles(Path.Combine(origin.DataDirectory, "audit", "control-plane")).SelectMany(ReadShared)
            .Where(static line => line.Contains("CreateAccessKeyFromSAML", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, records.Length); // What names no configuration of the organization is not its business.
        Assert.All(records, record => Assert.All(
            ["saml/reader", "cwobject:CreateAccessKeySAML", config], part => Assert.Contains(part, record, StringComparison.Ordinal)));
        Assert.All(records, record => Assert.All(
            [key.GetProperty("secretKey").GetString()!, response[..64]], secret => Assert.DoesNotContain(secret, record, StringComparison.Ordinal)));
        Assert.Contains(key.GetProperty("accessKeyID").GetString()!, records[0], StringComparison.Ordinal);
    }

    private static string[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n');
    }

    private static string Request(string config, string? response, long duration, string organization = "main") =>
        JsonSerializer.Serialize(new { durationSeconds = duration, orgId = organization, configId = config, samlResponse = response });

    private static string OidcRequest(string config, string token) =>
        JsonSerializer.Serialize(new { durationSeconds = 300, orgId = "main", configId = config, token });

    /// <summary>Puts a policy beside the one that allows everything.</summary>
    private static Task PolicyAsync(TestOrigin origin, string statement) => Configure.PolicyAsync(new ApiClient(origin), "extra", statement);

    private string Respond(TestOrigin origin, SamlShape? shape = null) =>
        _idp.Respond((shape ?? new SamlShape()) with { Now = origin.Time.GetUtcNow(), AssertionId = $"_assertion{++_assertions}" });
}
