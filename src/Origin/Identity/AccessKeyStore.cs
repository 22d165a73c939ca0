using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The access keys of all organizations.</summary>
internal sealed class AccessKeyStore(IdentityDatabase database)
{
    /// <summary>The most keys that one listing returns.</summary>
    public const int MaxListed = 1000;

    private const string Columns =
        "id, organization_id AS organizationId, principal, secret, level, groups, status, session_token_sha256 AS sessionTokenSha256, " +
        "expires_at AS expiresAt, created_at AS createdAt";

    /// <summary>Adds a key; false when its id is taken.</summary>
    public Task<bool> TryAddAsync(AccessKey key, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var added = connection.Execute(
                """
                INSERT OR IGNORE INTO access_keys
                    (id, organization_id, principal, secret, level, groups, status, session_token_sha256, expires_at, created_at)
                VALUES (@Id, @OrganizationId, @Principal, @Secret, @Level, @Groups, @Status, @SessionTokenSha256, @ExpiresAt, @CreatedAt)
                """,
                Row.From(key with { CreatedAt = log.Now })) == 1;
            if (added)
            {
                log.Add(ChangeKind.AccessKeyChanged, key.Id);
            }

            return added;
        },
        cancellationToken);

    /// <summary>Finds a key, usable or not, and the feed's position at which it was read.</summary>
    public (AccessKey? Key, long AsOfSequence) Find(string id) =>
        database.Read((connection, position) => (Find(connection, id), position));

    /// <summary>The keys of an organization in the order of their ids, at most <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<AccessKey> List(string organizationId) => database.Read((connection, _) => connection
        .Query<Row>($"SELECT {Columns} FROM access_keys WHERE organization_id = @organizationId ORDER BY id LIMIT @MaxListed", new { organizationId, MaxListed })
        .Select(static r => r.ToKey())
        .ToList());

    /// <summary>Revokes a key of an organization; false when the organization has no such key.</summary>
    public Task<bool> RevokeAsync(string organizationId, string id, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            if (Find(connection, id) is not { } key || key.OrganizationId != organizationId)
            {
                return false;
            }

            if (key.Status == AccessKeyStatus.Active)
            {
                connection.Execute("UPDATE access_keys SET status = @status WHERE id = @id", new { status = (long)AccessKeyStatus.Revoked, id });
                log.Add(ChangeKind.AccessKeyChanged, id);
            }

            return true;
        },
        cancellationToken);

    private static AccessKey? Find(SqliteConnection connection, string id) =>
        connection.QuerySingleOrDefault<Row>($"SELECT {Columns} FROM access_keys WHERE id = @id", new { id })?.ToKey();

    private sealed record Row(
        string Id,
        string OrganizationId,
        string Principal,
        string Secret,
        long Level,
        string Groups,
        long Status,
        string? SessionTokenSha256,
        long? ExpiresAt,
        long CreatedAt)
    {
        public static Row From(AccessKey key) => new(
            key.Id,
            key.OrganizationId,
            key.Principal,
            key.Secret,
            (long)key.Level,
            JsonSerializer.Serialize(key.Groups),
            (long)key.Status,
            key.SessionTokenSha256,
            key.ExpiresAt?.ToUnixTimeMilliseconds(),
            key.CreatedAt.ToUnixTimeMilliseconds());

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
        };
    }
}
