using System.Text.Json;
using Dapper;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity.Federation;

/// <summary>The federation configurations of all organizations.</summary>
internal sealed class FederationStore(IdentityDatabase database)
{
    /// <summary>The most configurations of an organization.</summary>
    public const int MaxPerOrganization = 50;

    private const string Select =
        "SELECT id, organization_id AS organizationId, name, settings, revision, created_at AS createdAt, updated_at AS updatedAt FROM federation_configs";

    public FederationConfig? Find(string organizationId, string id) => database.Read((connection, _) => Find(connection, organizationId, id));

    /// <summary>The configurations of an organization in the order of their names.</summary>
    public IReadOnlyList<FederationConfig> List(string organizationId) => database.Read((connection, _) => List(connection, organizationId));

    /// <summary>Adds a configuration, and tells its times.</summary>
    public Task<(FederationChange Change, FederationConfig Config)> AddAsync(FederationConfig config, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var existing = List(connection, config.OrganizationId);
            var change = existing.Count >= MaxPerOrganization ? FederationChange.TooMany : Compare(config, existing);
            config = config with { CreatedAt = log.Now, UpdatedAt = log.Now };
            if (change == FederationChange.Done)
            {
                connection.Execute(
                    """
                    INSERT INTO federation_configs (id, organization_id, name, settings, revision, created_at, updated_at)
                    VALUES (@Id, @OrganizationId, @Name, @Settings, @Revision, @CreatedAt, @UpdatedAt)
                    """,
                    Row.From(config));
            }

            return (change, config);
        },
        cancellationToken);

    /// <summary>Replaces what a configuration says, and optionally revokes the keys that were issued by it.</summary>
    /// <returns>What became of it, how it is now, and how many keys were revoked.</returns>
    public Task<(FederationChange Change, FederationConfig Config, int Revoked)> UpdateAsync(
        FederationConfig config, bool revokeKeys, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var others = List(connection, config.OrganizationId);
            var index = others.FindIndex(c => c.Id == config.Id);
            if (index < 0)
            {
                return (FederationChange.NotFound, config, 0);
            }

            var old = others[index];
            others.RemoveAt(index);
            config = config with { Revision = old.Revision + 1, CreatedAt = old.CreatedAt, UpdatedAt = log.Now };
            var change = (old.Settings.Saml is null) != (config.Settings.Saml is null) ? FederationChange.OtherKind : Compare(config, others);
            if (change != FederationChange.Done)
            {
                return (change, config, 0);
            }

            connection.Execute(
                "UPDATE federation_configs SET name = @Name, settings = @Settings, revision = @Revision, updated_at = @UpdatedAt WHERE id = @Id", Row.From(config));
            return (change, config, revokeKeys ? RevokeKeys(connection, log, config.OrganizationId, config.Id) : 0);
        },
        cancellationToken);

    /// <summary>Deletes a configuration, and optionally revokes the keys that were issued by it; null when the organization has none of that id.</summary>
    public Task<int?> DeleteAsync(string organizationId, string id, bool revokeKeys, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            var deleted = connection.Execute("DELETE FROM federation_configs WHERE organization_id = @organizationId AND id = @id", new { organizationId, id });
            return deleted == 0 ? default(int?) : revokeKeys ? RevokeKeys(connection, log, organizationId, id) : 0;
        },
        cancellationToken);

    public static FederationConfig? Find(SqliteConnection connection, string organizationId, string id) => connection
        .QuerySingleOrDefault<Row>($"{Select} WHERE organization_id = @organizationId AND id = @id", new { organizationId, id })?.ToConfig();

    private static List<FederationConfig> List(SqliteConnection connection, string organizationId) => connection
        .Query<Row>($"{Select} WHERE organization_id = @organizationId ORDER BY name", new { organizationId })
        .Select(static r => r.ToConfig())
        .ToList();

    private static FederationChange Compare(FederationConfig config, List<FederationConfig> others)
    {
        if (others.Exists(other => other.Name == config.Name))
        {
            return FederationChange.NameTaken;
        }

        return config.Settings.Oidc is { } oidc && others.Exists(other => other.Settings.Oidc is { } existing && AreAmbiguous(oidc.Issuer, existing.Issuer))
            ? FederationChange.AmbiguousIssuer
            : FederationChange.Done;
    }

    /// <summary>
    /// Whether a subject of one issuer could be written as one of the other: principals are <c>role/&lt;issuer&gt;:&lt;subject&gt;</c>, so
    /// <c>https://a</c> could name <c>https://a:8443</c>'s subjects by beginning its own with <c>8443:</c>.
    /// </summary>
    private static bool AreAmbiguous(string left, string right) =>
        left.StartsWith(right + ":", StringComparison.Ordinal) || right.StartsWith(left + ":", StringComparison.Ordinal);

    private static int RevokeKeys(SqliteConnection connection, ChangeLog log, string organizationId, string id)
    {
        var revoked = connection.Query<string>(
            $"""
            UPDATE access_keys SET status = @revoked
            WHERE organization_id = @organizationId AND status = @active AND json_extract(attributes, '$.{AccessKeyAttributes.Federation}') = @id
            RETURNING id
            """,
            new { organizationId, id, revoked = (long)AccessKeyStatus.Revoked, active = (long)AccessKeyStatus.Active }).AsList();
        revoked.ForEach(key => log.Add(ChangeKind.AccessKeyChanged, key));
        return revoked.Count;
    }

    private sealed record Row(string Id, string OrganizationId, string Name, string Settings, long Revision, long CreatedAt, long UpdatedAt)
    {
        public static Row From(FederationConfig config) => new(
            config.Id,
            config.OrganizationId,
            config.Name,
            JsonSerializer.Serialize(config.Settings),
            config.Revision,
            config.CreatedAt.ToUnixTimeMilliseconds(),
            config.UpdatedAt.ToUnixTimeMilliseconds());

        public FederationConfig ToConfig() => new()
        {
            Id = Id,
            OrganizationId = OrganizationId,
            Name = Name,
            Settings = JsonSerializer.Deserialize<FederationSettings>(Settings)!,
            Revision = Revision,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAt),
        };
    }
}

/// <summary>What became of a change of configurations.</summary>
internal enum FederationChange
{
    /// <summary>It is in force.</summary>
    Done,

    /// <summary>The organization has no such configuration.</summary>
    NotFound,

    /// <summary>Another configuration of the organization has the name.</summary>
    NameTaken,

    /// <summary>The organization has <see cref="FederationStore.MaxPerOrganization"/> configurations.</summary>
    TooMany,

    /// <summary>A configuration can't turn from SAML to OIDC or back.</summary>
    OtherKind,

    /// <summary>Another configuration's issuer and this one's could give two identities one name.</summary>
    AmbiguousIssuer,
}
