using System.Collections.Immutable;
using Dapper;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The organizations of the deployment. Whatever changes one is told to the feed in the same transaction.</summary>
internal sealed class OrganizationStore(IdentityDatabase database)
{
    /// <summary>The most organizations.</summary>
    public const int MaxOrganizations = 10_000;

    private const string Select =
        """
        SELECT id, display_name AS displayName, created_at AS createdAt, is_suspended AS isSuspended, audits_control_plane AS auditsControlPlane,
            audits_buckets AS auditsBuckets, default_quota AS defaultQuota
        FROM organizations
        """;

    /// <summary>
    /// Makes an organization with its first token; false when the id is taken. It has no access policy, so everything in it is denied at first.
    /// </summary>
    public Task<bool> CreateAsync(Organization organization, ApiToken token, string secret, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            if (!Insert(connection, log, organization.Id, organization.DisplayName))
            {
                return false;
            }

            SetQuotas(connection, organization.Id, organization.DefaultQuota, organization.Quotas);
            return ApiTokenStore.Add(connection, log, token, secret);
        },
        cancellationToken);

    public Organization? Find(string id) => database.Read((connection, _) => Find(connection, id));

    /// <summary>What the tiers must know of an organization; null when there is none of that id.</summary>
    public OrganizationFacts? Facts(string id) => database.Read((connection, position) =>
    {
        if (Find(connection, id) is not { } organization)
        {
            return null;
        }

        var audited = connection
            .Query<(string Name, long Audits)>("SELECT name, audits FROM buckets WHERE organization_id = @id AND audits IS NOT NULL ORDER BY name", new { id })
            .AsList();
        return new OrganizationFacts
        {
            Id = id,
            IsSuspended = organization.IsSuspended,
            Policies = AccessPolicyStore.Compile(connection, id),
            Audit = new OrganizationAudit(organization.AuditsControlPlane, organization.AuditsBuckets),
            AuditedBuckets = [.. audited.Where(static b => b.Audits != 0).Select(static b => b.Name)],
            UnauditedBuckets = [.. audited.Where(static b => b.Audits == 0).Select(static b => b.Name)],
            DefaultQuotaBytes = organization.DefaultQuota ?? OrganizationFacts.StandardQuotaBytes,
            QuotaBytes = organization.Quotas,
            AsOfSequence = position,
        };
    });

    /// <summary>The organizations after an id, in the order of their ids.</summary>
    public IReadOnlyList<Organization> List(string after, int max) => database.Read((connection, _) =>
    {
        var quotas = connection.Query<QuotaRow>("SELECT organization_id AS organizationId, region, bytes FROM organization_quotas WHERE organization_id > @after", new { after })
            .ToLookup(static q => q.OrganizationId, StringComparer.Ordinal);
        return connection.Query<Row>($"{Select} WHERE id > @after ORDER BY id LIMIT @max", new { after, max }).Select(r => r.ToOrganization(quotas[r.Id])).ToList();
    });

    /// <summary>Suspends an organization or lets it go on; false when there is none of that id.</summary>
    public Task<bool> SetSuspendedAsync(string id, bool isSuspended, CancellationToken cancellationToken) =>
        UpdateAsync(id, "is_suspended = @isSuspended", new { id, isSuspended }, cancellationToken);

    /// <summary>Replaces an organization's quotas; false when there is none of that id.</summary>
    public Task<bool> SetQuotasAsync(string id, long? defaultQuota, ImmutableSortedDictionary<string, long> quotas, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, log) =>
            {
                if (Find(connection, id) is null)
                {
                    return false;
                }

                SetQuotas(connection, id, defaultQuota, quotas);
                log.Add(ChangeKind.OrganizationChanged, id);
                return true;
            },
            cancellationToken);

    /// <summary>Changes what an organization records; null leaves a setting as it is.</summary>
    public Task<bool> SetAuditAsync(string id, bool? controlPlane, bool? buckets, CancellationToken cancellationToken) => UpdateAsync(
        id,
        "audits_control_plane = COALESCE(@controlPlane, audits_control_plane), audits_buckets = COALESCE(@buckets, audits_buckets)",
        new { id, controlPlane, buckets },
        cancellationToken);

    /// <summary>Makes an organization within a transaction; false when the id is taken.</summary>
    public static bool Insert(SqliteConnection connection, ChangeLog log, string id, string displayName)
    {
        var added = connection.Execute(
            $"""
            INSERT INTO organizations (id, display_name, created_at) SELECT @id, @displayName, @now
            WHERE (SELECT COUNT(*) FROM organizations) < {MaxOrganizations} ON CONFLICT DO NOTHING
            """,
            new { id, displayName, now = log.Now.ToUnixTimeMilliseconds() }) == 1;
        if (added)
        {
            log.Add(ChangeKind.OrganizationChanged, id);
        }

        return added;
    }

    public static Organization? Find(SqliteConnection connection, string id) => connection.QuerySingleOrDefault<Row>($"{Select} WHERE id = @id", new { id })?.ToOrganization(
        connection.Query<QuotaRow>("SELECT organization_id AS organizationId, region, bytes FROM organization_quotas WHERE organization_id = @id", new { id }));

    private static void SetQuotas(SqliteConnection connection, string id, long? defaultQuota, ImmutableSortedDictionary<string, long> quotas)
    {
        connection.Execute("UPDATE organizations SET default_quota = @defaultQuota WHERE id = @id", new { id, defaultQuota });
        connection.Execute("DELETE FROM organization_quotas WHERE organization_id = @id", new { id });
        connection.Execute(
            "INSERT INTO organization_quotas (organization_id, region, bytes) VALUES (@id, @region, @bytes)",
            quotas.Select(q => new { id, region = q.Key, bytes = q.Value }));
    }

    private Task<bool> UpdateAsync(string id, string assignments, object parameters, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            if (connection.Execute($"UPDATE organizations SET {assignments} WHERE id = @id", parameters) == 0)
            {
                return false;
            }

            log.Add(ChangeKind.OrganizationChanged, id);
            return true;
        },
        cancellationToken);

    private sealed record QuotaRow(string OrganizationId, string Region, long Bytes);

    private sealed record Row(
        string Id, string DisplayName, long CreatedAt, long IsSuspended, long AuditsControlPlane, long AuditsBuckets, long? DefaultQuota)
    {
        public Organization ToOrganization(IEnumerable<QuotaRow> quotas) => new()
        {
            Id = Id,
            DisplayName = DisplayName,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            IsSuspended = IsSuspended != 0,
            AuditsControlPlane = AuditsControlPlane != 0,
            AuditsBuckets = AuditsBuckets != 0,
            DefaultQuota = DefaultQuota,
            Quotas = quotas.ToImmutableSortedDictionary(static q => q.Region, static q => q.Bytes, StringComparer.Ordinal),
        };
    }
}
