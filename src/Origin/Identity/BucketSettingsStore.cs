using Dapper;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Identity;

/// <summary>The settings of buckets that the control plane keeps, beside their names in the directory; they go with the bucket.</summary>
internal sealed class BucketSettingsStore(IdentityDatabase database)
{
    /// <summary>The audit settings of an organization's buckets, by name: their own where they have one.</summary>
    public IReadOnlyDictionary<string, bool> ListAudit(string organizationId) => database.Read((connection, _) => connection
        .Query<Row>("SELECT name, audits FROM buckets WHERE organization_id = @organizationId AND audits IS NOT NULL", new { organizationId })
        .ToDictionary(static row => row.Name, static row => row.Audits != 0, StringComparer.Ordinal));

    /// <summary>Sets whether requests to a bucket are recorded; false when the organization has no such bucket.</summary>
    public Task<bool> SetAuditAsync(string organizationId, string bucket, bool audits, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var isSet = connection.Execute(
                "UPDATE buckets SET audits = @audits WHERE name = @bucket AND organization_id = @organizationId",
                new { bucket, organizationId, audits }) == 1;
            if (isSet)
            {
                log.Add(ChangeKind.OrganizationChanged, organizationId);
            }

            return isSet;
        },
        cancellationToken);

    private sealed record Row(string Name, long Audits);
}
