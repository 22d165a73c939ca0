using System.Text.Json;
using EdgeCache.Origin.ControlPlane.AccessKeys;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Identity.Federation.Saml;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>Tells of federation configurations, with what an administrator should know of each.</summary>
internal static class FederationConfigWriter
{
    public static FederationConfigInfo Describe(FederationConfig config, DateTimeOffset now)
    {
        var settings = config.Settings;
        return new FederationConfigInfo(
            config.Id,
            config.OrganizationId,
            config.Name,
            settings.Saml is null ? "oidc" : "saml",
            settings.IsEnabled,
            AccessLevels.NameOf(settings.Level),
            settings.MaxDurationSeconds,
            settings.Saml is { } saml ? Describe(saml) : null,
            settings.Oidc is { } oidc ? Describe(oidc) : null,
            config.CreatedAt,
            config.UpdatedAt,
            [.. Warn(settings, now)]);
    }

    private static SamlRequest Describe(SamlSettings saml) => new(
        saml.Issuer,
        saml.Certificates,
        MetadataXml: null,
        saml.Audience,
        saml.Recipients,
        saml.InResponseTo switch
        {
            InResponseToPolicy.Unsolicited => "unsolicited",
            InResponseToPolicy.Solicited => "solicited",
            InResponseToPolicy.Any => "any",
        },
        saml.RoleAttribute,
        saml.GroupsAttribute,
        saml.AllowedRoles,
        saml.ClockSkewSeconds);

    private static OidcRequest Describe(OidcSettings oidc) => new(
        oidc.Issuer,
        oidc.Audiences,
        oidc.GroupsClaim,
        oidc.AllowedSubjects,
        oidc.Jwks is null ? null : JsonSerializer.Deserialize<JsonElement>(oidc.Jwks),
        oidc.ClockSkewSeconds);

    private static IEnumerable<string> Warn(FederationSettings settings, DateTimeOffset now)
    {
        foreach (var pem in settings.Saml?.Certificates ?? [])
        {
            foreach (var certificate in SigningCertificate.TryReadPem(pem, out _) ?? [])
            {
                using (certificate)
                {
                    if (certificate.Warn(now) is { } warning)
                    {
                        yield return warning;
                    }
                }
            }
        }

        if (settings.Oidc is { AllowedSubjects.Length: 0 })
        {
            yield return "allowedSubjects is empty: whoever gets a token for one of the audiences from this issuer may ask for keys. Name the subjects if the issuer serves others too.";
        }
    }
}
