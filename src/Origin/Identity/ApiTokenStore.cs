using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The bearer tokens of the control plane's API. Only their SHA-256 is kept.</summary>
internal sealed class ApiTokenStore(IdentityDatabase database, TimeProvider time)
{
    /// <summary>The most tokens of an organization that are not revoked.</summary>
    public const int MaxTokens = 1_000;

    /// <summary>The most tokens that one listing returns.</summary>
    public const int MaxListed = 2 * MaxTokens;

    private const string Select =
        """
        SELECT t.id, t.organization_id AS organizationId, t.name, t.principal, t.groups, t.is_admin AS isAdmin, t.expires_at AS expiresAt,
            t.revoked_at AS revokedAt, t.created_at AS createdAt, o.is_suspended AS isSuspended
        FROM api_tokens t JOIN organizations o ON o.id = t.organization_id
        """;

    /// <summary>Adds a token; false when the organization has too many or does not exist, or that very token exists.</summary>
    public Task<bool> AddAsync(ApiToken token, string secret, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, log) => Add(connection, log, token, secret), cancellationToken);

    /// <summary>Finds whose token this is; null when it is unknown, revoked or expired.</summary>
    public ApiToken? Find(string secret)
    {
        var token = database.Read((connection, _) =>
            connection.QuerySingleOrDefault<Row>($"{Select} WHERE t.sha256 = @hash", new { hash = Secrets.Hash(secret) }))?.ToToken();
        return token?.IsUsable(time.GetUtcNow()) == true ? token : null;
    }

    /// <summary>The tokens of an organization, the newest first and the revoked ones last, up to <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<ApiToken> List(string organizationId) => database.Read((connection, _) => connection
        .Query<Row>(
            $"{Select} WHERE t.organization_id = @organizationId ORDER BY t.revoked_at IS NOT NULL, t.created_at DESC, t.id LIMIT {MaxListed}",
            new { organizationId })
        .Select(static r => r.ToToken())
        .ToList());

    /// <summary>
    /// Revokes a token, and the temporary keys that were made with it; permanent ones stay. False when the organization has no such token.
    /// </summary>
    public Task<bool> RevokeAsync(string organizationId, string id, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            if (connection.QuerySingleOrDefault<Row>($"{Select} WHERE t.id = @id", new { id })?.ToToken() is not { } token || token.OrganizationId != organizationId)
            {
                return false;
            }

            if (token.RevokedAt is null)
            {
                connection.Execute("UPDATE api_tokens SET revoked_at = @now WHERE id = @id", new { now = log.Now.ToUnixTimeMilliseconds(), id });
                connection.Execute(
                    "UPDATE access_keys SET status = @revoked WHERE token_id = @id AND expires_at IS NOT NULL",
                    new { revoked = (long)AccessKeyStatus.Revoked, id });
                log.Add(ChangeKind.PrincipalChanged, token.Principal);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Whether a token exists, is not revoked and has not expired.</summary>
    public static bool Holds(SqliteConnection connection, string id, DateTimeOffset now) => connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM api_tokens WHERE id = @id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now))",
        new { id, now = now.ToUnixTimeMilliseconds() });

    /// <summary>Adds a token within a transaction.</summary>
    public static bool Add(SqliteConnection connection, ChangeLog log, ApiToken token, string secret) => connection.Execute(
        $"""
        INSERT INTO api_tokens (id, sha256, organization_id, name, principal, groups, is_admin, expires_at, created_at)
        SELECT @Id, @hash, @OrganizationId, @Name, @Principal, @groups, @IsAdmin, @expiresAt, @now
        WHERE EXISTS (SELECT 1 FROM organizations WHERE id = @OrganizationId)
          AND (SELECT COUNT(*) FROM api_tokens WHERE organization_id = @OrganizationId AND revoked_at IS NULL) < {MaxTokens}
        ON CONFLICT DO NOTHING
        """,
        new
        {
            token.Id,
            hash = Secrets.Hash(secret),
            token.OrganizationId,
            token.Name,
            token.Principal,
            groups = JsonSerializer.Serialize(token.Groups),
            token.IsAdmin,
            expiresAt = token.ExpiresAt?.ToUnixTimeMilliseconds(),
            now = log.Now.ToUnixTimeMilliseconds(),
        }) == 1;

    private sealed record Row(
        string Id,
        string OrganizationId,
        string Name,
        string Principal,
        string Groups,
        long IsAdmin,
        long? ExpiresAt,
        long? RevokedAt,
        long CreatedAt,
        long IsSuspended)
    {
        public ApiToken ToToken() => new()
        {
            Id = Id,
            OrganizationId = OrganizationId,
            Name = Name,
            Principal = Principal,
            Groups = JsonSerializer.Deserialize<ImmutableArray<string>>(Groups),
            IsAdmin = IsAdmin != 0,
            ExpiresAt = ToTime(ExpiresAt),
            RevokedAt = ToTime(RevokedAt),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            IsOrganizationSuspended = IsSuspended != 0,
        };

        private static DateTimeOffset? ToTime(long? at) => at is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
    }
}
