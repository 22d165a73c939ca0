using System.Collections.Immutable;
using System.Text.Json;
using EdgeCache.Origin.ControlPlane.AccessKeys;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Identity.Federation.Saml;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>Reads federation configurations from requests. Every refusal is a 400 that names the field.</summary>
internal static class FederationConfigReader
{
    private const int MaxUris = 8;
    private const int MaxUriLength = 1024;
    private const int MaxAllowed = 200;
    private const int MaxAttributeLength = 256;
    private const int MaxJwksBytes = 64 * 1024;

    public static string ReadName(string? name) =>
        name?.Length is > 0 and <= FederationConfig.MaxNameLength && !name.Any(char.IsControl)
            ? name
            : throw ApiException.Invalid($"'name' is required: 1 to {FederationConfig.MaxNameLength} characters, none of them a control character.");

    public static FederationSettings Read(FederationConfigRequest request, bool allowPrivateIssuers)
    {
        var max = (int)TemporaryKeys.MaxLifetime.TotalSeconds;
        var settings = request switch
        {
            { Kind: "saml", Saml: { } saml, Oidc: null } => new FederationSettings { Saml = Read(saml) },
            { Kind: "oidc", Oidc: { } oidc, Saml: null } => new FederationSettings { Oidc = Read(oidc, allowPrivateIssuers) },
            _ => throw ApiException.Invalid("'kind' must be saml or oidc, and the settings be given under the field of that name alone."),
        };
        return settings with
        {
            IsEnabled = request.Enabled ?? true,
            Level = AccessLevels.Parse(request.AccessLevel),
            MaxDurationSeconds = Between(request.MaxDurationSeconds ?? max, 1, max, "maxDurationSeconds"),
        };
    }

    private static SamlSettings Read(SamlRequest saml)
    {
        var (issuer, certificates) = ReadProvider(saml);
        return new SamlSettings
        {
            Issuer = ReadUri(issuer, "saml.issuer"),
            Certificates = certificates,
            Audience = ReadUri(saml.Audience, "saml.audience"),
            Recipients = ReadList(saml.Recipients, MaxUris, "saml.recipients", isRequired: true, static text =>
                Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && IsUri(text)),
            InResponseTo = saml.InResponseTo switch
            {
                null or "unsolicited" => InResponseToPolicy.Unsolicited,
                "solicited" => InResponseToPolicy.Solicited,
                "any" => InResponseToPolicy.Any,
                _ => throw ApiException.Invalid("'saml.inResponseTo' must be unsolicited, solicited or any."),
            },
            RoleAttribute = ReadAttribute(saml.RoleAttribute ?? "role", "saml.roleAttribute"),
            GroupsAttribute = ReadAttribute(saml.GroupsAttribute ?? "groups", "saml.groupsAttribute"),
            AllowedRoles = ReadList(saml.AllowedRoles, MaxAllowed, "saml.allowedRoles", isRequired: false, FederatedNames.IsName),
            ClockSkewSeconds = Between(saml.ClockSkewSeconds ?? 60, 0, SamlSettings.MaxClockSkewSeconds, "saml.clockSkewSeconds"),
        };
    }

    private static (string? Issuer, ImmutableArray<string> Certificates) ReadProvider(SamlRequest saml)
    {
        if (saml.MetadataXml is not null)
        {
            if (saml.Certificates is not null)
            {
                throw ApiException.Invalid("'saml.certificates' and 'saml.metadataXml' exclude each other.");
            }

            var metadata = IdpMetadata.TryRead(saml.MetadataXml, out var reason) ?? throw ApiException.Invalid($"'saml.metadataXml': {reason}");
            return saml.Issuer is not null && saml.Issuer != metadata.EntityId
                ? throw ApiException.Invalid("'saml.issuer' is not the entityID of 'saml.metadataXml'.")
                : (metadata.EntityId, Limit(metadata.Certificates));
        }

        var certificates = ImmutableArray.CreateBuilder<string>();
        foreach (var pem in saml.Certificates ?? [])
        {
            var found = SigningCertificate.TryReadPem(pem ?? string.Empty, out var reason) ?? throw ApiException.Invalid($"'saml.certificates': {reason}");
            foreach (var certificate in found)
            {
                certificates.Add(certificate.ToPem());
                certificate.Dispose();
            }
        }

        return (saml.Issuer, Limit(certificates.ToImmutable()));
    }

    private static ImmutableArray<string> Limit(ImmutableArray<string> certificates) =>
        certificates.Length is > 0 and <= SigningCertificate.MaxPerConfiguration
            ? certificates
            : throw ApiException.Invalid($"'saml.certificates' or 'saml.metadataXml' must give 1 to {SigningCertificate.MaxPerConfiguration} certificates.");

    private static OidcSettings Read(OidcRequest oidc, bool allowPrivateIssuers)
    {
        if (oidc.Issuer is null || !IssuerAddress.IsIssuer(oidc.Issuer, allowPrivateIssuers))
        {
            throw ApiException.Invalid($"'oidc.issuer' is required: an https URL of at most {IssuerAddress.MaxLength} characters, without query and fragment.");
        }

        return new OidcSettings
        {
            Issuer = oidc.Issuer,
            Audiences = ReadList(oidc.Audiences, MaxUris, "oidc.audiences", isRequired: true, IsUri),
            GroupsClaim = ReadAttribute(oidc.GroupsClaim ?? "groups", "oidc.groupsClaim"),
            AllowedSubjects = ReadList(oidc.AllowedSubjects, MaxAllowed, "oidc.allowedSubjects", isRequired: false, static text =>
                text == "*" || FederatedNames.IsName(text.EndsWith('*') ? text[..^1] : text)),
            Jwks = ReadJwks(oidc.Jwks),
            ClockSkewSeconds = Between(oidc.ClockSkewSeconds ?? 60, 0, OidcSettings.MaxClockSkewSeconds, "oidc.clockSkewSeconds"),
        };
    }

    private static string? ReadJwks(JsonElement? jwks)
    {
        if (jwks is not { ValueKind: not JsonValueKind.Null } given)
        {
            return null;
        }

        var text = given.GetRawText();
        return text.Length <= MaxJwksBytes && given.ValueKind == JsonValueKind.Object && IssuerKeySet.TryRead(text) is not null
            ? text
            : throw ApiException.Invalid("'oidc.jwks' must be a JSON Web Key Set with a public RSA key of 2048 bits or more, or an EC key, of use sig.");
    }

    private static ImmutableArray<string> ReadList(IReadOnlyList<string>? given, int max, string field, bool isRequired, Func<string, bool> isValid) =>
        (isRequired && given is null or { Count: 0 }) || given?.Count > max || given?.Any(text => text is null || !isValid(text)) is true
            ? throw ApiException.Invalid($"'{field}' {(isRequired ? "is required and " : "")}must be a list of at most {max} valid values.")
            : [.. given ?? []];

    private static string ReadUri(string? text, string field) =>
        text is not null && IsUri(text) ? text : throw ApiException.Invalid($"'{field}' is required: at most {MaxUriLength} characters without white space.");

    private static bool IsUri(string text) => text.Length is > 0 and <= MaxUriLength && !text.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c));

    private static string ReadAttribute(string text, string field) =>
        text.Length is > 0 and <= MaxAttributeLength && !text.Any(char.IsControl)
            ? text
            : throw ApiException.Invalid($"'{field}' must have 1 to {MaxAttributeLength} characters, none of them a control character.");

    private static int Between(int value, int min, int max, string field) =>
        value >= min && value <= max ? value : throw ApiException.Invalid($"'{field}' must be {min} to {max}.");
}
