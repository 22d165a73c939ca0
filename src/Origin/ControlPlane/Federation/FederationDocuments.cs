using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>The request to create or replace a federation configuration.</summary>
/// <param name="Name">A name for people, unique in the organization. Required.</param>
/// <param name="Kind"><c>saml</c> or <c>oidc</c>. Required, and never changes.</param>
/// <param name="Saml">The settings of a SAML identity provider.</param>
/// <param name="Oidc">The settings of an OpenID Connect issuer.</param>
/// <param name="Enabled">Whether credentials are accepted; true when absent.</param>
/// <param name="AccessLevel">The ceiling of the keys issued: <c>read</c>, <c>write</c>, <c>readwrite</c> or <c>full</c>; full when absent.</param>
/// <param name="MaxDurationSeconds">The longest life of a key, 1 to 43,200 seconds, which is also the default.</param>
/// <param name="RevokeKeys">When replacing: whether to revoke the keys that were issued by the configuration so far; false when absent.</param>
internal sealed record FederationConfigRequest(
    string? Name,
    string? Kind,
    SamlRequest? Saml = null,
    OidcRequest? Oidc = null,
    bool? Enabled = null,
    string? AccessLevel = null,
    int? MaxDurationSeconds = null,
    bool? RevokeKeys = null);

/// <summary>The settings of a SAML identity provider. Its name and certificates are given here or by its metadata.</summary>
/// <param name="Issuer">Its entity id.</param>
/// <param name="Certificates">Its signing certificates in PEM.</param>
/// <param name="MetadataXml">Its metadata: an EntityDescriptor.</param>
/// <param name="Audience">The name by which the provider knows this service. Required.</param>
/// <param name="Recipients">The addresses that Destination and Recipient may name. Required.</param>
/// <param name="InResponseTo"><c>unsolicited</c> (default), <c>solicited</c> or <c>any</c>.</param>
/// <param name="RoleAttribute">The attribute that names the role; <c>role</c> when absent.</param>
/// <param name="GroupsAttribute">The attribute that lists groups; <c>groups</c> when absent.</param>
/// <param name="AllowedRoles">The roles that may be taken; any when absent or empty.</param>
/// <param name="ClockSkewSeconds">By how much clocks may differ, 0 to 300; 60 when absent.</param>
internal sealed record SamlRequest(
    string? Issuer = null,
    IReadOnlyList<string>? Certificates = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MetadataXml = null,
    string? Audience = null,
    IReadOnlyList<string>? Recipients = null,
    string? InResponseTo = null,
    string? RoleAttribute = null,
    string? GroupsAttribute = null,
    IReadOnlyList<string>? AllowedRoles = null,
    int? ClockSkewSeconds = null);

/// <summary>The settings of an OpenID Connect issuer.</summary>
/// <param name="Issuer">Its name, a URL. Required.</param>
/// <param name="Audiences">The names by which the issuer knows this service. Required.</param>
/// <param name="GroupsClaim">The claim that lists groups; <c>groups</c> when absent.</param>
/// <param name="AllowedSubjects">The subjects that may have keys, each whole or with <c>*</c> at its end; any when absent or empty.</param>
/// <param name="Jwks">The issuer's key set, when it can't be reached from here.</param>
/// <param name="ClockSkewSeconds">By how much clocks may differ, 0 to 300; 60 when absent.</param>
internal sealed record OidcRequest(
    string? Issuer = null,
    IReadOnlyList<string>? Audiences = null,
    string? GroupsClaim = null,
    IReadOnlyList<string>? AllowedSubjects = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Jwks = null,
    int? ClockSkewSeconds = null);

/// <summary>A federation configuration. Fields that do not apply are absent.</summary>
internal sealed record FederationConfigInfo(
    string ConfigId,
    string OrgId,
    string Name,
    string Kind,
    bool Enabled,
    string AccessLevel,
    int MaxDurationSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SamlRequest? Saml,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OidcRequest? Oidc,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<string> Warnings);

/// <summary>One configuration.</summary>
internal sealed record FederationConfigAnswer(FederationConfigInfo Config)
{
    /// <summary>How many keys were revoked, where that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RevokedKeys { get; init; }
}

/// <summary>The configurations of the organization, in the order of their names.</summary>
internal sealed record FederationConfigListAnswer(IReadOnlyList<FederationConfigInfo> Configs);

/// <summary>The request for a key by a SAML response.</summary>
/// <param name="DurationSeconds">How long the key lives, 1 to 43,200 seconds. Required.</param>
/// <param name="OrgId">The organization. Required.</param>
/// <param name="ConfigId">Its federation configuration. Required.</param>
/// <param name="SamlResponse">The response in base64. Required.</param>
/// <param name="Role">Which role to take of several that the response states.</param>
internal sealed record SamlCredentialRequest(long? DurationSeconds, string? OrgId, string? ConfigId, string? SamlResponse, string? Role = null);

/// <summary>The request for a key by a JSON Web Token.</summary>
/// <param name="DurationSeconds">How long the key lives, 1 to 43,200 seconds. Required.</param>
/// <param name="OrgId">The organization. Required.</param>
/// <param name="ConfigId">Its federation configuration. Required.</param>
/// <param name="Token">The token in compact form. Required.</param>
internal sealed record OidcCredentialRequest(long? DurationSeconds, string? OrgId, string? ConfigId, string? Token);
