using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>A token's claims, read from exactly the text that is signed. A claim that occurs twice makes it unreadable.</summary>
internal sealed class OidcClaims
{
    private const double MaxNumericDate = 253_402_300_799; // the end of the year 9999

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private readonly JsonElement _payload;

    private OidcClaims(JsonElement payload) => _payload = payload;

    public static OidcClaims? TryRead(JsonWebToken token)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new OidcClaims(document.RootElement.Clone()) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    public FederationProblem? Check(OidcSettings settings, DateTimeOffset now)
    {
        var skew = TimeSpan.FromSeconds(settings.ClockSkewSeconds);
        if (Text("iss") != settings.Issuer)
        {
            return FederationProblem.Rejected("The token's iss is not the configured issuer.");
        }

        if (Texts("aud") is not { } audiences || !audiences.Any(a => settings.Audiences.Contains(a)))
        {
            return FederationProblem.Rejected("The token's aud is none of the configured audiences.");
        }

        if (Time("exp") is not { } expires || now >= expires + skew)
        {
            return FederationProblem.Rejected("The token has expired, or has no exp.");
        }

        if (Has("nbf") && (Time("nbf") is not { } start || now < start - skew))
        {
            return FederationProblem.Rejected("The token is not valid yet.");
        }

        if (Has("iat") && (Time("iat") is not { } issued || now < issued - skew))
        {
            return FederationProblem.Rejected("The token was issued in the future.");
        }

        return Text("sub") is { } subject && FederatedNames.IsName(subject)
            ? null
            : FederationProblem.Rejected("The token has no sub, or one with characters that a principal's name can't have.");
    }

    /// <summary>Whom a checked and verified token stands for.</summary>
    public (FederationProblem? Problem, FederatedIdentity? Identity) Identify(OidcSettings settings)
    {
        var subject = Text("sub")!;
        if (!settings.Allows(subject))
        {
            return (FederationProblem.Forbidden("The configuration does not allow this subject."), null);
        }

        if (Has(settings.GroupsClaim) && Texts(settings.GroupsClaim) is null)
        {
            return (FederationProblem.Rejected($"The token's {settings.GroupsClaim} is neither a text nor a list of texts."), null);
        }

        return FederatedNames.TryTakeGroups(Texts(settings.GroupsClaim) ?? [], out var groups) is { } problem
            ? (problem, null)
            : (null, new FederatedIdentity { Principal = $"role/{settings.Issuer}:{subject}", Groups = groups });
    }

    private bool Has(string claim) => _payload.TryGetProperty(claim, out _);

    private string? Text(string claim) =>
        _payload.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A text or a list of texts; null for anything else.</summary>
    private string[]? Texts(string claim)
    {
        if (!_payload.TryGetProperty(claim, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static e => e.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(static e => e.GetString()!)]
            : null;
    }

    /// <summary>A NumericDate (RFC 7519 2), fractions of seconds dropped; null when it is absent or none.</summary>
    private DateTimeOffset? Time(string claim) =>
        _payload.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) &&
        seconds is >= 0 and <= MaxNumericDate
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}
