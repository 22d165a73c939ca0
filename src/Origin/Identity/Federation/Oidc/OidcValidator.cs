using System.Collections.Frozen;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>Decides whether a JSON Web Token of an issuer (OpenID Connect Core 3.1.3.7, RFC 8725) proves a machine's or a user's identity.</summary>
internal sealed class OidcValidator(IssuerKeys issuers, TimeProvider time)
{
    /// <summary>The longest token, in characters.</summary>
    public const int MaxTokenLength = 16 * 1024;

    /// <summary>Signatures by private keys only: a shared secret proves nothing, as its holder could have made the token as well.</summary>
    private static readonly FrozenSet<string> Algorithms = FrozenSet.Create(
        StringComparer.Ordinal, "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512");

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxTokenLength, MapInboundClaims = false };

    public async Task<(FederationProblem? Problem, FederatedIdentity? Identity)> ValidateAsync(
        string token, OidcSettings settings, CancellationToken cancellationToken)
    {
        if (token.Length > MaxTokenLength)
        {
            return (new FederationProblem(FederationFault.TooLarge, $"The token is longer than {MaxTokenLength} characters."), null);
        }

        if (TryParse(token) is not { } jwt || OidcClaims.TryRead(jwt) is not { } claims)
        {
            return (FederationProblem.Malformed("token is no signed JSON Web Token in compact form."), null);
        }

        if (!Algorithms.Contains(jwt.Alg) || jwt.TryGetHeaderValue<object>("crit", out _))
        {
            return (FederationProblem.Rejected("The token's algorithm must be one of RS, PS or ES with 256, 384 or 512, without critical extensions."), null);
        }

        // Claims first: whoever holds no token of this issuer can't make it be asked for keys by accident.
        var clock = time.GetUtcNow();
        if (claims.Check(settings, clock) is { } wrong)
        {
            return (wrong, null);
        }

        return await VerifyAsync(jwt, settings, cancellationToken) is { } forged ? (forged, null) : claims.Identify(settings);
    }

    private static JsonWebToken? TryParse(string token)
    {
        try
        {
            return token.Count(static c => c == '.') == 2 ? new JsonWebToken(token) : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private async Task<FederationProblem?> VerifyAsync(JsonWebToken jwt, OidcSettings settings, CancellationToken cancellationToken)
    {
        var keyId = string.IsNullOrEmpty(jwt.Kid) ? null : jwt.Kid;
        var keys = settings.Jwks is null ? await issuers.GetAsync(settings.Issuer, keyId, cancellationToken) : IssuerKeySet.TryRead(settings.Jwks);
        if (keys is null)
        {
            return new FederationProblem(FederationFault.IssuerUnavailable, "The issuer's keys can't be fetched at this time.");
        }

        var candidates = keys.CandidatesFor(keyId).ToArray();
        if (candidates.Length == 0)
        {
            return FederationProblem.Rejected("The issuer has no key of the token's kid.");
        }

        var validation = await _handler.ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            RequireSignedTokens = true,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = candidates,
            TryAllIssuerSigningKeys = false,
            ValidateIssuerSigningKey = true,
            IssuerSigningKeyResolver = (_, _, _, _) => candidates,
            ValidIssuer = settings.Issuer,
            ValidAudiences = settings.Audiences,
            ValidateLifetime = false, // OidcClaims has, by this service's clock.
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        });
        return validation.IsValid ? null : FederationProblem.Rejected("The token's signature was not made by a key of the issuer over what it says.");
    }
}
