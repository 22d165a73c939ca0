using System.Globalization;
using Dapper;
using EdgeCache.Shared.Processes;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>Brings the identity database to the newest schema, each step in a transaction of its own together with the version that it reaches.</summary>
internal static class IdentityMigrator
{
    /// <exception cref="StartupException">The database was written by a newer version of this program.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        connection.Execute(
            """
            CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
            INSERT OR IGNORE INTO meta VALUES ('epoch', @epoch), ('schema', '0');
            """,
            new { epoch = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture) });
        var version = VersionOf(connection);
        if (version > IdentitySchema.Steps.Count)
        {
            throw new StartupException(
                $"cannot open the database: identity.db has schema version {version}, and this program knows versions up to {IdentitySchema.Steps.Count}");
        }

        for (; version < IdentitySchema.Steps.Count; version++)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(IdentitySchema.Steps[version]);
            connection.Execute("UPDATE meta SET value = @value WHERE name = 'schema'", new { value = (version + 1).ToString(CultureInfo.InvariantCulture) });
            transaction.Commit();
        }
    }

    private static int VersionOf(SqliteConnection connection) =>
        int.Parse(connection.QuerySingle<string>("SELECT value FROM meta WHERE name = 'schema'"), CultureInfo.InvariantCulture);
}
