using System.Collections.Immutable;
using Dapper;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The access policies of all organizations, by organization and name.</summary>
internal sealed class AccessPolicyStore(IdentityDatabase database)
{
    /// <summary>The most policies of an organization.</summary>
    public const int MaxPolicies = 50;

    /// <summary>The policies of an organization as they were put, in the order of their names.</summary>
    public IReadOnlyList<string> List(string organizationId) => database.Read((connection, _) => Read(connection, organizationId));

    /// <summary>Adds a policy or replaces the one of its name; false when the organization has <see cref="MaxPolicies"/> others.</summary>
    public Task<bool> PutAsync(string organizationId, AccessPolicy policy, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, log) => Put(connection, log, organizationId, policy), cancellationToken);

    /// <summary>Removes a policy; false when the organization has none of that name.</summary>
    public Task<bool> DeleteAsync(string organizationId, string name, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            if (connection.Execute("DELETE FROM access_policies WHERE organization_id = @organizationId AND name = @name", new { organizationId, name }) == 0)
            {
                return false;
            }

            log.Add(ChangeKind.OrganizationChanged, organizationId);
            return true;
        },
        cancellationToken);

    public static bool Put(SqliteConnection connection, ChangeLog log, string organizationId, AccessPolicy policy)
    {
        var others = connection.QuerySingle<long>(
            "SELECT COUNT(*) FROM access_policies WHERE organization_id = @organizationId AND name <> @Name", new { organizationId, policy.Name });
        if (others >= MaxPolicies)
        {
            return false;
        }

        connection.Execute(
            """
            INSERT INTO access_policies (organization_id, name, json, changed_at) VALUES (@organizationId, @Name, @Json, @now)
            ON CONFLICT (organization_id, name) DO UPDATE SET json = excluded.json, changed_at = excluded.changed_at
            """,
            new { organizationId, policy.Name, policy.Json, now = log.Now.ToUnixTimeMilliseconds() });
        log.Add(ChangeKind.OrganizationChanged, organizationId);
        return true;
    }

    /// <summary>The policies of an organization, compiled. One that was accepted before and is none now denies everything.</summary>
    public static ImmutableArray<AccessPolicy> Compile(SqliteConnection connection, string organizationId) =>
        [.. Read(connection, organizationId).Select(AccessPolicy.Restore)];

    private static List<string> Read(SqliteConnection connection, string organizationId) => connection
        .Query<string>("SELECT json FROM access_policies WHERE organization_id = @organizationId ORDER BY name", new { organizationId })
        .AsList();
}
