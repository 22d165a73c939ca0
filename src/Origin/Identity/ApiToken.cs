using System.Collections.Immutable;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Identity;

/// <summary>A bearer token of the control plane's API: all but the token itself, which nobody knows but its holder.</summary>
internal sealed record ApiToken
{
    /// <summary>The token's id, which is no secret.</summary>
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The principal's name, <c>coreweave/&lt;token id&gt;</c>.</summary>
    public required string Principal { get; init; }

    /// <summary>The groups of its principal, which keys made with it carry.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Whether it may do everything in its organization, whatever the access policies say.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>When it ends; null for a permanent one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the organization was suspended when this was read.</summary>
    public bool IsOrganizationSuspended { get; init; }

    /// <summary>The principal's name of a token.</summary>
    public static string PrincipalOf(string tokenId) => "coreweave/" + tokenId;

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || now < ExpiresAt);

    public Principal ToPrincipal() => new(Principal, OrganizationId, AccessLevel.Full, Groups, PrincipalKind.User) { IsAdmin = IsAdmin };
}
