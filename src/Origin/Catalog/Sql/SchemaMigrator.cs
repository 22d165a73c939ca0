using System.Globalization;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>Brings a database to the newest schema, each step in its own transaction, and tells whose it is.</summary>
internal static class SchemaMigrator
{
    private const string FindInfo = "SELECT value FROM catalog_info WHERE name = @name";
    private const string VersionName = "schema_version", EpochName = "epoch", RegionName = "region";

    private static readonly IReadOnlyList<string>[] s_steps =
    [
        SchemaVersion1.Statements, SchemaVersion2.Statements, SchemaVersion3.Statements, SchemaVersion4.Statements, SchemaVersion5.Statements,
        SchemaVersion6.Statements, SchemaVersion7.Statements, SchemaVersion8.Statements,
    ];

    /// <summary>Migrates; returns the epoch of the database's change feed.</summary>
    /// <exception cref="CatalogOpenException">The database has a newer schema or belongs to another region.</exception>
    public static string Migrate(SqlSession session, string region, TimeProvider time)
    {
        session.Execute("CREATE TABLE IF NOT EXISTS catalog_info (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)");
        var version = int.Parse(session.Text(FindInfo, ("name", VersionName)) ?? "0", CultureInfo.InvariantCulture);
        if (version > s_steps.Length)
        {
            throw new CatalogOpenException($"The catalog has schema {version}, this program knows up to {s_steps.Length}: it was written by a newer one.");
        }

        for (; version < s_steps.Length; version++)
        {
            session.Execute("BEGIN IMMEDIATE");
            foreach (var statement in s_steps[version])
            {
                session.Execute(SqliteDialect.Schema(statement));
            }

            Set(session, VersionName, (version + 1).ToString(CultureInfo.InvariantCulture));
            SetIfAbsent(session, EpochName, Generation.New(time).ToString());
            SetIfAbsent(session, RegionName, region);
            session.Execute("COMMIT");
        }

        var owner = session.Text(FindInfo, ("name", RegionName));
        if (owner != region)
        {
            throw new CatalogOpenException($"The catalog belongs to region {owner}, not {region}.");
        }

        return session.Text(FindInfo, ("name", EpochName)) ?? throw new CatalogOpenException("The catalog has no epoch.");
    }

    private static void Set(SqlSession session, string name, string value) =>
        session.Execute(
            "INSERT INTO catalog_info (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            ("name", name), ("value", value));

    private static void SetIfAbsent(SqlSession session, string name, string value) =>
        session.Execute(
            "INSERT INTO catalog_info (name, value) VALUES (@name, @value) ON CONFLICT (name) DO NOTHING", ("name", name), ("value", value));
}
