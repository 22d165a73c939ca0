namespace EdgeCache.Origin.Identity;

/// <summary>The tables of the identity database. Times are Unix milliseconds; groups are a JSON array.</summary>
internal static class IdentitySchema
{
    public const string Sql =
        """
        CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO meta VALUES ('epoch', @epoch), ('schema', '1');

        CREATE TABLE IF NOT EXISTS organizations (
            id TEXT PRIMARY KEY,
            display_name TEXT NOT NULL,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS access_keys (
            id TEXT PRIMARY KEY,
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            principal TEXT NOT NULL,
            secret TEXT NOT NULL,
            level INTEGER NOT NULL,
            groups TEXT NOT NULL,
            status INTEGER NOT NULL,
            session_token_sha256 TEXT,
            expires_at INTEGER,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS access_keys_by_organization ON access_keys (organization_id, id);

        CREATE TABLE IF NOT EXISTS api_tokens (
            sha256 TEXT PRIMARY KEY,
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            principal TEXT NOT NULL,
            expires_at INTEGER,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS buckets (
            name TEXT PRIMARY KEY,
            region TEXT NOT NULL,
            organization_id TEXT NOT NULL,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS buckets_by_organization ON buckets (organization_id, name);

        CREATE TABLE IF NOT EXISTS changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            kind INTEGER NOT NULL,
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            at INTEGER NOT NULL) STRICT;
        """;
}
