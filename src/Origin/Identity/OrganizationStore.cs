using Dapper;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Identity;

/// <summary>The organizations of the deployment.</summary>
internal sealed class OrganizationStore(IdentityDatabase database)
{
    public Task EnsureAsync(string id, string displayName, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var added = connection.Execute(
                "INSERT OR IGNORE INTO organizations (id, display_name, created_at) VALUES (@id, @displayName, @now)",
                new { id, displayName, now = log.Now.ToUnixTimeMilliseconds() }) == 1;
            if (added)
            {
                log.Add(ChangeKind.OrganizationChanged, id);
            }

            return added;
        },
        cancellationToken);
}
