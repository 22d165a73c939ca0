using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane.Tokens;

/// <summary>The request to create an API token.</summary>
/// <param name="Name">A name for people. Required.</param>
/// <param name="Groups">The groups of its principal; none when absent.</param>
/// <param name="Admin">Whether it may do everything in the organization; false when absent.</param>
/// <param name="DurationSeconds">How long it lives in seconds, at most ten years; permanent when absent or 0.</param>
internal sealed record CreateTokenRequest(string? Name, IReadOnlyList<string>? Groups = null, bool Admin = false, long? DurationSeconds = null);

/// <summary>A token as it is created: the only answer that has it.</summary>
/// <param name="Id">Its id, which names it from now on.</param>
/// <param name="Token">The token, which is shown this once.</param>
/// <param name="Name">Its name.</param>
/// <param name="PrincipalName">The principal of the keys that are made with it.</param>
/// <param name="Groups">Its principal's groups.</param>
/// <param name="Admin">Whether it may do everything in the organization.</param>
/// <param name="Expiry">When it ends; null for a permanent one.</param>
internal sealed record CreatedToken(
    string Id, string Token, string Name, string PrincipalName, IReadOnlyList<string> Groups, bool Admin, DateTimeOffset? Expiry)
{
    public static CreatedToken Of(ApiToken token, string secret) =>
        new(token.Id, secret, token.Name, token.Principal, token.Groups, token.IsAdmin, token.ExpiresAt);
}

/// <summary>What is told of a token later.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>ACTIVE</c>, <c>EXPIRED</c> or <c>REVOKED</c>.</param>
/// <param name="PrincipalName">The principal of the keys that are made with it.</param>
/// <param name="Groups">Its principal's groups.</param>
/// <param name="Admin">Whether it may do everything in the organization.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Expiry">When it ends; null for a permanent one.</param>
/// <param name="OrgId">Its organization.</param>
internal sealed record TokenInfo(
    string Id,
    string Name,
    string Status,
    string PrincipalName,
    IReadOnlyList<string> Groups,
    bool Admin,
    DateTimeOffset CreatedAt,
    DateTimeOffset? Expiry,
    string OrgId)
{
    public static TokenInfo Of(ApiToken token, DateTimeOffset now) => new(
        token.Id,
        token.Name,
        token.RevokedAt is not null ? "REVOKED" : token.IsUsable(now) ? "ACTIVE" : "EXPIRED",
        token.Principal,
        token.Groups,
        token.IsAdmin,
        token.CreatedAt,
        token.ExpiresAt,
        token.OrganizationId);
}

/// <summary>The tokens of the organization.</summary>
internal sealed record TokenListAnswer(IReadOnlyList<TokenInfo> Info);
