using Dapper;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The access keys of all organizations.</summary>
internal sealed class AccessKeyStore(IdentityDatabase database)
{
    /// <summary>The most keys that one listing returns.</summary>
    public const int MaxListed = 10_000;

    /// <summary>The most permanent keys of an organization that are not revoked.</summary>
    public const int MaxPermanent = 5_000;

    /// <summary>How many forgotten keys are removed when one is added: more than come, so that they never pile up.</summary>
    private const int SweepSize = 4;

    /// <summary>For how long an expired key is still listed.</summary>
    public static readonly TimeSpan ExpiredRetention = TimeSpan.FromDays(7);

    /// <summary>
    /// Adds a key, in one transaction with the look at what allows it: the organization isn't suspended, and the token that it is made with
    /// (<see cref="AccessKey.TokenId"/>) holds. So no key survives the revocation of the token that was asking for it.
    /// </summary>
    public Task<KeyAddition> AddAsync(AccessKey key, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, log) => Add(connection, log, key), cancellationToken);

    /// <summary>As <see cref="AddAsync"/>, within a transaction that has more to look at.</summary>
    public static KeyAddition Add(SqliteConnection connection, ChangeLog log, AccessKey key)
    {
        if (Refuse(connection, key, log.Now) is { } refusal)
        {
            return refusal;
        }

        connection.Execute(
            $"""
            DELETE FROM access_keys WHERE id IN (SELECT id FROM access_keys WHERE expires_at < @before ORDER BY expires_at LIMIT {SweepSize})
            """,
            new { before = (log.Now - ExpiredRetention).ToUnixTimeMilliseconds() });
        var added = connection.Execute(
            """
            INSERT OR IGNORE INTO access_keys
                (id, organization_id, principal, secret, level, groups, status, session_token_sha256, expires_at, created_at, token_id, attributes)
            VALUES (@Id, @OrganizationId, @Principal, @Secret, @Level, @Groups, @Status, @SessionTokenSha256, @ExpiresAt, @CreatedAt, @TokenId, @Attributes)
            """,
            AccessKeyRow.From(key with { CreatedAt = log.Now })) == 1;
        if (!added)
        {
            return KeyAddition.IdTaken;
        }

        log.Add(ChangeKind.AccessKeyChanged, key.Id);
        return KeyAddition.Added;
    }

    /// <summary>Finds a key, usable or not, and the feed's position at which it was read.</summary>
    public (AccessKey? Key, long AsOfSequence) Find(string id) =>
        database.Read((connection, position) => (Find(connection, id), position));

    /// <summary>Keys of an organization in the order of their ids, those after <paramref name="after"/>, at most <paramref name="max"/>.</summary>
    public IReadOnlyList<AccessKey> List(string organizationId, string after, int max) => database.Read((connection, _) => connection
        .Query<AccessKeyRow>(
            $"SELECT {AccessKeyRow.Columns} FROM access_keys WHERE organization_id = @organizationId AND id > @after ORDER BY id LIMIT @max",
            new { organizationId, after, max })
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
                connection.Execute("UPDATE access_keys SET status = @revoked WHERE id = @id", new { revoked = (long)AccessKeyStatus.Revoked, id });
                log.Add(ChangeKind.AccessKeyChanged, id);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Revokes all keys of a principal of an organization and answers how many those were.</summary>
    public Task<int> RevokePrincipalAsync(string organizationId, string principal, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var revoked = connection.Execute(
                "UPDATE access_keys SET status = @revoked WHERE organization_id = @organizationId AND principal = @principal AND status = @active",
                new { revoked = (long)AccessKeyStatus.Revoked, active = (long)AccessKeyStatus.Active, organizationId, principal });
            if (revoked > 0)
            {
                log.Add(ChangeKind.PrincipalChanged, principal);
            }

            return revoked;
        },
        cancellationToken);

    private static KeyAddition? Refuse(SqliteConnection connection, AccessKey key, DateTimeOffset now)
    {
        if (connection.QuerySingleOrDefault<long?>("SELECT is_suspended FROM organizations WHERE id = @OrganizationId", new { key.OrganizationId }) is not 0)
        {
            return KeyAddition.OrganizationUnavailable;
        }

        if (key.TokenId is not null && !ApiTokenStore.Holds(connection, key.TokenId, now))
        {
            return KeyAddition.TokenEnded;
        }

        var isOneTooMany = key.ExpiresAt is null && MaxPermanent <= connection.QuerySingle<long>(
            "SELECT COUNT(*) FROM access_keys WHERE organization_id = @OrganizationId AND expires_at IS NULL AND status = @active",
            new { key.OrganizationId, active = (long)AccessKeyStatus.Active });
        return isOneTooMany ? KeyAddition.TooManyKeys : null;
    }

    private static AccessKey? Find(SqliteConnection connection, string id) =>
        connection.QuerySingleOrDefault<AccessKeyRow>($"SELECT {AccessKeyRow.Columns} FROM access_keys WHERE id = @id", new { id })?.ToKey();
}
