using System.Collections.Immutable;
using System.Text.Json;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Identity;

/// <summary>An access key as its table has it.</summary>
internal sealed record AccessKeyRow(
    string Id,
    string OrganizationId,
    string Principal,
    string Secret,
    long Level,
    string Groups,
    long Status,
    string? SessionTokenSha256,
    long? ExpiresAt,
    long CreatedAt,
    string? TokenId,
    string Attributes,
    long IsOfAdmin)
{
    public const string Columns =
        "id, organization_id AS organizationId, principal, secret, level, groups, status, session_token_sha256 AS sessionTokenSha256, " +
        "expires_at AS expiresAt, created_at AS createdAt, token_id AS tokenId, attributes, " +
        "EXISTS (SELECT 1 FROM api_tokens WHERE api_tokens.id = token_id AND is_admin <> 0) AS isOfAdmin";

    public static AccessKeyRow From(AccessKey key) => new(
        key.Id,
        key.OrganizationId,
        key.Principal,
        key.Secret,
        (long)key.Level,
        JsonSerializer.Serialize(key.Groups),
        (long)key.Status,
        key.SessionTokenSha256,
        key.ExpiresAt?.ToUnixTimeMilliseconds(),
        key.CreatedAt.ToUnixTimeMilliseconds(),
        key.TokenId,
        JsonSerializer.Serialize(key.Attributes),
        key.IsOfAdmin ? 1 : 0);

    public AccessKey ToKey() => new()
    {
        Id = Id,
        OrganizationId = OrganizationId,
        Principal = Principal,
        Secret = Secret,
        Level = (AccessLevel)Level,
        Groups = JsonSerializer.Deserialize<ImmutableArray<string>>(Groups),
        Status = (AccessKeyStatus)Status,
        SessionTokenSha256 = SessionTokenSha256,
        ExpiresAt = ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        TokenId = TokenId,
        IsOfAdmin = IsOfAdmin != 0,
        Attributes = JsonSerializer.Deserialize<Dictionary<string, string>>(Attributes)!.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };
}
