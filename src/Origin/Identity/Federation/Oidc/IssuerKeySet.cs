using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>The keys by which an issuer signs: public RSA keys of 2048 bits or more and EC keys, never a shared secret.</summary>
internal sealed class IssuerKeySet
{
    /// <summary>The most keys that one set may have.</summary>
    public const int MaxKeys = 64;

    private const int MinRsaBits = 2048;

    private IssuerKeySet(ImmutableArray<JsonWebKey> keys) => Keys = keys;

    public ImmutableArray<JsonWebKey> Keys { get; }

    /// <summary>Reads a JSON Web Key Set (RFC 7517); null when it is none, or has no fit key. Keys of other sorts and uses are left out.</summary>
    public static IssuerKeySet? TryRead(string json)
    {
        try
        {
            var fit = new JsonWebKeySet(json).Keys.Take(MaxKeys + 1).Where(IsFit).ToImmutableArray();
            return fit.Length is 0 or > MaxKeys ? null : new IssuerKeySet(fit);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public bool Has(string? keyId) => keyId is null || Keys.Any(key => key.Kid == keyId);

    /// <summary>The keys that may have signed a token: those of its key id; without one, the only key of the set.</summary>
    public IEnumerable<SecurityKey> CandidatesFor(string? keyId) => keyId is not null ? Keys.Where(key => key.Kid == keyId) : Keys.Length == 1 ? Keys : [];

    private static bool IsFit(JsonWebKey key) =>
        key.Use is null or "" or "sig" &&
        (key.Kty == JsonWebAlgorithmsKeyTypes.RSA
            ? key is { N: not null, E: not null, KeySize: >= MinRsaBits }
            : key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && key is { X: not null, Y: not null, Crv: not null });
}
