using System.Collections.Immutable;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Identity;

/// <summary>An access key with its secret, which never leaves the control plane's host but once: in the answer that creates it.</summary>
internal sealed record AccessKey
{
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The principal's name, e.g. <c>coreweave/abc</c>.</summary>
    public required string Principal { get; init; }

    public required string Secret { get; init; }

    public AccessLevel Level { get; init; } = AccessLevel.Full;

    public ImmutableArray<string> Groups { get; init; } = [];

    public AccessKeyStatus Status { get; init; } = AccessKeyStatus.Active;

    /// <summary>SHA-256 of the session token that must come with the key, lower-case hex; null when none is needed.</summary>
    public string? SessionTokenSha256 { get; init; }

    /// <summary>When it ends; null for a permanent key.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the API token that it was made with; null when there was none.</summary>
    public string? TokenId { get; init; }

    /// <summary>Whether that was an admin token.</summary>
    public bool IsOfAdmin { get; init; }

    /// <summary>What its maker told of it, e.g. <see cref="AccessKeyAttributes.Name"/>.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public bool IsUsable(DateTimeOffset now) => Status == AccessKeyStatus.Active && (ExpiresAt is null || now < ExpiresAt);

    public Principal ToPrincipal() => new(Principal, OrganizationId, Level, Groups, PrincipalKind.User) { IsAdmin = IsOfAdmin };
}

/// <summary>Whether a key may be used.</summary>
internal enum AccessKeyStatus
{
    Active,
    Revoked,
}

/// <summary>The names of the attributes that keys are given.</summary>
internal static class AccessKeyAttributes
{
    /// <summary>A name for people.</summary>
    public const string Name = "name";

    /// <summary>The region that a generated client configuration names.</summary>
    public const string DefaultRegion = "defaultRegion";

    /// <summary>The federation configuration by which the key was issued.</summary>
    public const string Federation = "federationConfigId";
}
