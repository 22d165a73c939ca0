using EdgeCache.Origin.ControlPlane.AccessKeys;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Identity.Federation.Saml;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>
/// Temporary keys for holders of a SAML response or an OpenID Connect token. That is the credential: a bearer token in the Authorization header
/// is neither needed nor looked at.
/// </summary>
internal sealed partial class FederationCredentialEndpoints(
    SamlValidator saml, OidcValidator oidc, FederationGrants grants, ILogger<FederationCredentialEndpoints> logger) : IApiEndpoints
{
    /// <summary>The largest body, in bytes: a SAML response as large as is accepted, and the other fields.</summary>
    public const int MaxBodyBytes = SamlDocument.MaxBase64Length + (8 * 1024);

    public void Map(IEndpointRouteBuilder api)
    {
        var expiry = DateTimeOffset.UnixEpoch.AddYears(60);
        api.MapPost("/v1/cwobject/temporary-credentials/saml", BySamlAsync).WithMetadata(new BodyLimit(MaxBodyBytes)).LimitCredentials().Describe(
            "CreateAccessKeyFromSAML",
            "Creates a temporary access key for the role that a SAML response proves. Each assertion serves once.",
            new CreatedAccessKey("CWABCDEFGHIJKLMN", expiry, "saml/reader", "cwo1234567890abcdefghijklmnopqrstuvwxyz1234"),
            new SamlCredentialRequest(300, "abc123", "fcabcdefghijklmnopqrst", "PHNhbWxwOlJlc3BvbnNlLi4u"));
        api.MapPost("/v1/cwobject/temporary-credentials/oidc", ByOidcAsync).LimitCredentials().Describe(
            "CreateAccessKeyFromOIDC",
            "Creates a temporary access key for the subject of an OpenID Connect token, such as a Kubernetes service account.",
            new CreatedAccessKey(
                "CWABCDEFGHIJKLMN", expiry, "role/https://issuer.example.com:system:serviceaccount:team:trainer", "cwo1234567890abcdefghijklmnopqrstuvwxyz1234"),
            new OidcCredentialRequest(3600, "abc123", "fcabcdefghijklmnopqrst", "eyJhbGciOiJSUzI1NiIsImtpZCI6..."));
    }

    private async Task<Ok<CreatedAccessKey>> BySamlAsync(HttpContext context, ApiBody<SamlCredentialRequest> body, CancellationToken cancellationToken)
    {
        var (duration, organizationId, configId, response, role) = body.Value;
        var config = grants.Find(context, organizationId, configId, isSaml: true);
        var lifetime = FederationGrants.LifetimeOf(duration, config);
        if (response is null)
        {
            throw ApiException.Invalid("'samlResponse' is required.");
        }

        if (saml.Validate(response, role, config.Settings.Saml!, out var identity) is { } problem)
        {
            LogRefused(config.Id, config.OrganizationId, problem.Message);
            throw FederationGrants.Refuse(problem);
        }

        return Answer(await grants.IssueAsync(context, config, identity!, lifetime, cancellationToken), config.Id);
    }

    private async Task<Ok<CreatedAccessKey>> ByOidcAsync(HttpContext context, ApiBody<OidcCredentialRequest> body, CancellationToken cancellationToken)
    {
        var (duration, organizationId, configId, token) = body.Value;
        var config = grants.Find(context, organizationId, configId, isSaml: false);
        var lifetime = FederationGrants.LifetimeOf(duration, config);
        if (token is null)
        {
            throw ApiException.Invalid("'token' is required.");
        }

        var (problem, identity) = await oidc.ValidateAsync(token, config.Settings.Oidc!, cancellationToken);
        if (problem is not null)
        {
            LogRefused(config.Id, config.OrganizationId, problem.Message);
            throw FederationGrants.Refuse(problem);
        }

        return Answer(await grants.IssueAsync(context, config, identity!, lifetime, cancellationToken), config.Id);
    }

    private Ok<CreatedAccessKey> Answer(AccessKey key, string configId)
    {
        LogIssued(key.Id, key.Principal, key.OrganizationId, configId);
        return TypedResults.Ok(CreatedAccessKey.Of(key));
    }

    [LoggerMessage(2590, LogLevel.Information, "Access key {AccessKeyId} was issued to {Principal} of {Organization} by federation configuration {ConfigId}.")]
    private partial void LogIssued(string accessKeyId, string principal, string organization, string configId);

    [LoggerMessage(2591, LogLevel.Information, "Federation configuration {ConfigId} of {Organization} refused a credential: {Reason}")]
    private partial void LogRefused(string configId, string organization, string reason);
}
