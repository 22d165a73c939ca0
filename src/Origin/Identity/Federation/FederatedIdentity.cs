using System.Collections.Immutable;

namespace EdgeCache.Origin.Identity.Federation;

/// <summary>Whom a federated credential, found good, stands for.</summary>
internal sealed record FederatedIdentity
{
    /// <summary>The principal's name: <c>saml/&lt;role&gt;</c> or <c>role/&lt;issuer&gt;:&lt;sub&gt;</c>.</summary>
    public required string Principal { get; init; }

    /// <summary>Its groups as the issuer states them.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>When the session at the identity provider ends; no key outlives it. Null when the provider does not say.</summary>
    public DateTimeOffset? SessionEndsAt { get; init; }

    /// <summary>What to remember so that the credential serves once only; null for a credential that may be used until it expires.</summary>
    public CredentialUse? Use { get; init; }
}

/// <summary>The one permitted use of a credential.</summary>
/// <param name="Fingerprint">Names the credential among all of its signer's: SHA-256 in lower-case hex.</param>
/// <param name="RememberUntil">From when on the credential is refused for its age, so that it need not be remembered.</param>
internal sealed record CredentialUse(string Fingerprint, DateTimeOffset RememberUntil);
