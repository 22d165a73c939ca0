using System.Net;
using Dapper;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Tests.ControlPlane;
using EdgeCache.Shared.Processes;
using EdgeCache.Testing;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Tests.Identity;

public sealed class IdentityMigrationTests
{
    // The schema as its first release wrote it, which is never changed: databases of that form exist.
    private const string FirstSchema =
        """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES ('epoch', '0123456789abcdef0123456789abcdef'), ('schema', '1');
        CREATE TABLE organizations (id TEXT PRIMARY KEY, display_name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE access_keys (
            id TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organizations (id), principal TEXT NOT NULL, secret TEXT NOT NULL,
            level INTEGER NOT NULL, groups TEXT NOT NULL, status INTEGER NOT NULL, session_token_sha256 TEXT, expires_at INTEGER,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX access_keys_by_organization ON access_keys (organization_id, id);
        CREATE TABLE api_tokens (
            sha256 TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organizations (id), principal TEXT NOT NULL, expires_at INTEGER,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE buckets (
            name TEXT PRIMARY KEY, region TEXT NOT NULL, organization_id TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX buckets_by_organization ON buckets (organization_id, name);
        CREATE TABLE changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
        """;

    [Fact]
    public async Task A_database_of_the_first_schema_opens_with_all_it_held()
    {
        using var directory = new TempDirectory();
        using (var connection = Open(directory))
        {
            connection.Execute(FirstSchema);
            connection.Execute("INSERT INTO organizations VALUES ('old', 'Old Inc.', 1700000000000)");
            connection.Execute("INSERT INTO access_keys VALUES ('AKOLD', 'old', 'static/AKOLD', 'old-secret-key', 3, '[]', 0, NULL, NULL, 1700000000000)");
            connection.Execute(
                "INSERT INTO api_tokens VALUES (@hash, 'old', 'coreweave/old-bootstrap', NULL, 1700000000000)", new { hash = Secrets.Hash("old-api-token") });
        }

        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:DataDirectory"] = directory.Path });
        var api = new ApiClient(origin, "old-api-token");

        (await api.S3("AKOLD", "old-secret-key").GetAsync("/")).ShouldBe(HttpStatusCode.OK);
        Assert.Contains("allow-everything", (await api.GetAsync("/v1/cwobject/access-policy")).ShouldBe(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        var token = (await api.GetAsync("/v1/cwobject/api-token")).Json.GetProperty("info")[0];
        Assert.True(token.GetProperty("admin").GetBoolean());
        Assert.Equal("coreweave/old-bootstrap", token.GetProperty("principalName").GetString());
        (await api.DeleteAsync("/v1/cwobject/api-token/" + token.GetProperty("id").GetString())).ShouldBe(HttpStatusCode.OK);
        await origin.RestartAsync();
        (await api.GetAsync("/v1/cwobject/access-policy")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_database_of_a_later_schema_is_refused_in_one_line()
    {
        using var directory = new TempDirectory();
        using (var connection = Open(directory))
        {
            connection.Execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID; INSERT INTO meta VALUES ('epoch', 'x'), ('schema', '999')");
        }

        var e = await Assert.ThrowsAsync<StartupException>(() => TestOrigin.StartAsync(new() { ["Origin:DataDirectory"] = directory.Path }));

        Assert.Contains("schema version 999", e.Message, StringComparison.Ordinal);
    }

    private static SqliteConnection Open(TempDirectory directory)
    {
        var connection = new SqliteConnection($"Data Source={directory.Combine("identity.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
