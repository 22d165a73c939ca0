using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Identity.Federation.Saml;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Identity.Federation;

/// <summary>An organization's trust in an identity provider.</summary>
internal sealed record FederationConfig
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>A name for people, unique in the organization.</summary>
    public required string Name { get; init; }

    public required FederationSettings Settings { get; init; }

    /// <summary>Counts changes: a credential that was checked against another revision yields no key.</summary>
    public long Revision { get; init; } = 1;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What a configuration says: exactly one of <see cref="Saml"/> and <see cref="Oidc"/> is there.</summary>
internal sealed record FederationSettings
{
    public SamlSettings? Saml { get; init; }

    public OidcSettings? Oidc { get; init; }

    /// <summary>Whether credentials are accepted at present.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>The ceiling of the keys that are issued.</summary>
    public AccessLevel Level { get; init; } = AccessLevel.Full;

    /// <summary>The longest life of a key, in seconds, 1 to 43,200.</summary>
    public int MaxDurationSeconds { get; init; } = 43_200;
}
