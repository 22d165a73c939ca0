using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeCache.Origin.Tests.Identity.Federation.Saml;

namespace EdgeCache.Origin.Tests.ControlPlane.Federation;

/// <summary>The endpoints of federation configurations.</summary>
public sealed class FederationConfigTests : IDisposable
{
    private readonly TestIdp _idp = TestIdp.CreateRsa();

    public void Dispose() => _idp.Dispose();

    [Fact]
    public async Task A_configuration_is_created_listed_replaced_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        var id = await Configure.SamlAsync(api, _idp, name: "b");
        await Configure.OidcAsync(api, "https://issuer.example.test");
        var list = (await api.GetAsync(Configure.Path)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("configs");
        Assert.Equal(["b", "cluster"], list.EnumerateArray().Select(static c => c.GetProperty("name").GetString()!));

        var config = (await api.GetAsync($"{Configure.Path}/{id}")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("config");
        Assert.Equal(("saml", "main", "full", 43_200, true), (
            config.GetProperty("kind").GetString(), config.GetProperty("orgId").GetString(), config.GetProperty("accessLevel").GetString(),
            config.GetProperty("maxDurationSeconds").GetInt32(), config.GetProperty("enabled").GetBoolean()));
        var saml = config.GetProperty("saml");
        Assert.Equal((TestIdp.DefaultIssuer, SamlShape.DefaultAudience, "unsolicited", "role", "groups", 60), (
            saml.GetProperty("issuer").GetString(), saml.GetProperty("audience").GetString(), saml.GetProperty("inResponseTo").GetString(),
            saml.GetProperty("roleAttribute").GetString(), saml.GetProperty("groupsAttribute").GetString(), saml.GetProperty("clockSkewSeconds").GetInt32()));
        Assert.Equal(_idp.Pem, saml.GetProperty("certificates")[0].GetString());

        var replaced = (await api.PutAsync($"{Configure.Path}/{id}", Configure.SamlBody(_idp, name: "c", level: "read"))).ShouldBe(HttpStatusCode.OK).Json.GetProperty("config");
        Assert.Equal(("c", "read"), (replaced.GetProperty("name").GetString(), replaced.GetProperty("accessLevel").GetString()));
        (await api.DeleteAsync($"{Configure.Path}/{id}")).ShouldBe(HttpStatusCode.OK);
        (await api.GetAsync($"{Configure.Path}/{id}")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await api.DeleteAsync($"{Configure.Path}/{id}")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await api.PutAsync($"{Configure.Path}/{id}", Configure.SamlBody(_idp))).ShouldFail(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_configuration_survives_a_restart_and_belongs_to_its_organization()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:Bootstrap:Organizations:0:ApiToken"] = "other-api-token" });
        var (api, other) = (new ApiClient(origin), new ApiClient(origin, "other-api-token"));
        var id = await Configure.SamlAsync(api, _idp);
        await origin.RestartAsync();

        (await api.GetAsync($"{Configure.Path}/{id}")).ShouldBe(HttpStatusCode.OK);
        (await other.GetAsync($"{Configure.Path}/{id}")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await other.PutAsync($"{Configure.Path}/{id}", Configure.SamlBody(_idp))).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await other.DeleteAsync($"{Configure.Path}/{id}")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await other.GetAsync(Configure.Path)).Json.GetProperty("configs").EnumerateArray());
        (await new ApiClient(origin, token: null).GetAsync(Configure.Path)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Without_admin_rights_a_policy_must_grant_it()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:Bootstrap:AllowEverything"] = "false" });
        var api = new ApiClient(origin);
        var (_, _, member) = await api.NewTokenAsync("""{"name": "member"}""");

        (await member.PostAsync(Configure.Path, Configure.SamlBody(_idp))).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        await Configure.PolicyAsync(
            api, "federation", """{"name": "s", "effect": "Allow", "principals": ["*"], "actions": ["cwobject:CreateFederation"], "resources": ["*"]}""");
        (await member.PostAsync(Configure.Path, Configure.SamlBody(_idp))).ShouldBe(HttpStatusCode.OK);
        (await member.GetAsync(Configure.Path)).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
    }

    [Fact]
    public async Task Metadata_gives_the_issuer_and_the_signing_certificates()
    {
        using var next = TestIdp.CreateEcdsa(ECCurve.NamedCurves.nistP256);
        await using var origin = await TestOrigin.StartAsync();
        var body = JsonNode.Parse(Configure.SamlBody(_idp))!;
        var saml = body["saml"]!.AsObject();
        saml.Remove("certificates");
        saml.Remove("issuer");
        saml["metadataXml"] = Metadata(_idp, next);

        var answer = (await new ApiClient(origin).PostAsync(Configure.Path, body.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json.GetProperty("config").GetProperty("saml");

        Assert.Equal(TestIdp.DefaultIssuer, answer.GetProperty("issuer").GetString());
        Assert.Equal([_idp.Pem, next.Pem], answer.GetProperty("certificates").EnumerateArray().Select(static c => c.GetString()!));
        saml["issuer"] = "https://someone.example.test";
        (await new ApiClient(origin).PostAsync(Configure.Path, body.ToJsonString())).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        saml.Remove("issuer");
        saml["metadataXml"] = "<!DOCTYPE x>" + Metadata(_idp);
        (await new ApiClient(origin).PostAsync(Configure.Path, body.ToJsonString())).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
    }

    [Fact]
    public async Task An_expired_certificate_and_an_open_issuer_are_warned_of()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        using var old = TestIdp.CreateRsa(notAfter: origin.Time.GetUtcNow().AddDays(-1));
        var open = JsonNode.Parse(Configure.OidcBody("https://issuer.example.test"))!;
        open["oidc"]!.AsObject().Remove("allowedSubjects");

        var expired = (await api.PostAsync(Configure.Path, Configure.SamlBody(old))).ShouldBe(HttpStatusCode.OK).Json;
        var unrestricted = (await api.PostAsync(Configure.Path, open.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json;

        Assert.Contains("expired", Warnings(expired), StringComparison.Ordinal);
        Assert.Contains("allowedSubjects", Warnings(unrestricted), StringComparison.Ordinal);
        static string Warnings(JsonElement answer) => answer.GetProperty("config").GetProperty("warnings").EnumerateArray().Single().GetString()!;
    }

    [Fact]
    public async Task Names_and_issuers_must_not_clash()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        await Configure.SamlAsync(api, _idp);
        var oidc = await Configure.OidcAsync(api, "https://issuer.example.test");

        (await api.PostAsync(Configure.Path, Configure.SamlBody(_idp))).ShouldFail(HttpStatusCode.Conflict, "conflict");
        (await api.PostAsync(Configure.Path, Configure.OidcBody("https://issuer.example.test:8443", "b"))).ShouldFail(HttpStatusCode.Conflict, "conflict");
        (await api.PostAsync(Configure.Path, Configure.OidcBody("https://issuer.example.test/a", "b"))).ShouldBe(HttpStatusCode.OK);
        (await api.PutAsync($"{Configure.Path}/{oidc}", Configure.OidcBody("https://issuer.example.test:8443"))).ShouldBe(HttpStatusCode.OK);
        (await api.PutAsync($"{Configure.Path}/{oidc}", Configure.SamlBody(_idp, name: "d"))).ShouldFail(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Bad_SAML_fields_are_refused() => await RefuseAsync(Configure.SamlBody(_idp),
    [
        ("name", ""),
        ("kind", "ldap"),
        ("kind", "oidc"),
        ("accessLevel", "root"),
        ("maxDurationSeconds", 43_201),
        ("maxDurationSeconds", 0),
        ("revokeKeys", true),
        ("misspelt", 1),
        ("saml.issuer", ""),
        ("saml.audience", "with space"),
        ("saml.recipients", "[]"),
        ("saml.recipients", """["not a url"]"""),
        ("saml.certificates", "[]"),
        ("saml.certificates", """["nonsense"]"""),
        ("saml.certificates", "[null]"),
        ("saml.metadataXml", "<x/>"),
        ("saml.inResponseTo", "never"),
        ("saml.roleAttribute", ""),
        ("saml.allowedRoles", """["a*"]"""),
        ("saml.clockSkewSeconds", 301),
        ("saml.clockSkewSeconds", -1),
    ]);

    [Fact]
    public async Task Bad_OIDC_fields_are_refused() => await RefuseAsync(Configure.OidcBody("https://issuer.example.test"),
    [
        ("oidc.issuer", "http://issuer.example.test"),
        ("oidc.issuer", "http://127.0.0.1:80"),
        ("oidc.issuer", "issuer"),
        ("oidc.audiences", "[]"),
        ("oidc.audiences", """[""]"""),
        ("oidc.groupsClaim", ""),
        ("oidc.allowedSubjects", """["a*b"]"""),
        ("oidc.jwks", "{}"),
        ("oidc.jwks", "[]"),
        ("oidc.clockSkewSeconds", 301),
    ]);

    [Fact]
    public async Task A_weak_or_private_key_is_refused()
    {
        using var weak = RSA.Create(1024);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=weak", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(Instants.Start, Instants.Start.AddYears(1));

        await RefuseAsync(Configure.SamlBody(_idp),
        [
            ("saml.certificates", $"[{JsonSerializer.Serialize(certificate.ExportCertificatePem())}]"),
            ("saml.certificates", $"[{JsonSerializer.Serialize(weak.ExportPkcs8PrivateKeyPem())}]"),
        ]);
    }

    /// <summary>Expects that a good body is refused with any one of the changes; a text that looks like JSON stands for the JSON.</summary>
    private static async Task RefuseAsync(string body, params (string Field, object Value)[] changes)
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        foreach (var (field, value) in changes)
        {
            var changed = JsonNode.Parse(body)!;
            var path = field.Split('.');
            var target = path.Length == 1 ? changed : changed[path[0]]!;
            target[path[^1]] = value is string { Length: > 0 } text && text[0] is '[' or '{' ? JsonNode.Parse(text) : JsonSerializer.SerializeToNode(value);

            var message = (await api.PostAsync(Configure.Path, changed.ToJsonString())).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
            Assert.Contains(path[^1], message, StringComparison.Ordinal);
        }

        (await api.PostAsync(Configure.Path, body)).ShouldBe(HttpStatusCode.OK);
    }

    private static string Metadata(params TestIdp[] providers)
    {
        var keys = providers.Select(static idp =>
        {
            var pem = PemEncoding.Find(idp.Pem);
            return $"<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{idp.Pem[pem.Base64Data]}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
        });
        return $"""
                <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{TestIdp.DefaultIssuer}">
                  <!-- as providers publish it -->
                  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
                    {string.Concat(keys)}
                    <md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
                  </md:IDPSSODescriptor>
                </md:EntityDescriptor>
                """;
    }
}
