using System.Net;
using System.Text.Json;
using EdgeCache.Origin.Tests.Identity.Federation.Oidc;
using EdgeCache.Origin.Tests.Identity.Federation.Saml;

namespace EdgeCache.Origin.Tests.ControlPlane.Federation;

/// <summary>Makes federation configurations over HTTP.</summary>
internal static class Configure
{
    public const string Path = "/v1/cwobject/federation-config";

    public static Task<string> SamlAsync(ApiClient api, TestIdp idp, string name = "idp", int? maxDuration = null, string? level = null) =>
        CreateAsync(api, SamlBody(idp, name, maxDuration, level));

    public static Task<string> OidcAsync(ApiClient api, TestIssuer issuer) => OidcAsync(api, issuer.Url);

    public static Task<string> OidcAsync(ApiClient api, string issuer) => CreateAsync(api, OidcBody(issuer));

    public static string SamlBody(
        TestIdp idp, string name = "idp", int? maxDuration = null, string? level = null, string? roles = null, bool? revokeKeys = null) => JsonSerializer.Serialize(new
        {
            name,
            kind = "saml",
            accessLevel = level,
            maxDurationSeconds = maxDuration,
            revokeKeys,
            saml = new
            {
                issuer = TestIdp.DefaultIssuer,
                certificates = new[] { idp.Pem },
                audience = SamlShape.DefaultAudience,
                recipients = new[] { SamlShape.DefaultRecipient },
                allowedRoles = roles is null ? null : new[] { roles },
            },
        });

    public static string OidcBody(string issuer, string name = "cluster") =>
        JsonSerializer.Serialize(new { name, kind = "oidc", oidc = new { issuer, audiences = new[] { TestIssuer.Audience }, allowedSubjects = new[] { "system:serviceaccount:team:*" } } });

    public static async Task PolicyAsync(ApiClient api, string name, string statement)
    {
        var policy = $$$"""{"policy": {"version": "v1alpha1", "name": "{{{name}}}", "statements": [{{{statement}}}]}}""";
        (await api.PostAsync("/v1/cwobject/access-policy", policy)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> CreateAsync(ApiClient api, string body) =>
        (await api.PostAsync(Path, body)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("config").GetProperty("configId").GetString()!;
}
