using EdgeCache.Origin.Identity.Federation;

namespace EdgeCache.Origin.Identity;

/// <summary>
/// The tables of the identity database, as the steps that lead from one schema version to the next: a step is never changed once it has been
/// released, only followed by another. Times are Unix milliseconds; lists and maps are JSON.
/// </summary>
internal static class IdentitySchema
{
    /// <summary>Step N (from 0) leads from version N to version N + 1.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Version1, Version2, FederationSchema.Version1];

    private const string Version1 =
        """
        CREATE TABLE organizations (
            id TEXT PRIMARY KEY,
            display_name TEXT NOT NULL,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE access_keys (
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
        CREATE INDEX access_keys_by_organization ON access_keys (organization_id, id);

        CREATE TABLE api_tokens (
            sha256 TEXT PRIMARY KEY,
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            principal TEXT NOT NULL,
            expires_at INTEGER,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE buckets (
            name TEXT PRIMARY KEY,
            region TEXT NOT NULL,
            organization_id TEXT NOT NULL,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX buckets_by_organization ON buckets (organization_id, name);

        CREATE TABLE changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            kind INTEGER NOT NULL,
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            at INTEGER NOT NULL) STRICT;
        """;

    // Policies decide from here on. Organizations of version 1, where everything was allowed, go on as they were: with a policy that says so.
    // Its tokens, each of which managed its whole organization, become admin tokens.
    private const string Version2 =
        """
        ALTER TABLE organizations ADD COLUMN is_suspended INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE organizations ADD COLUMN audits_control_plane INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE organizations ADD COLUMN audits_buckets INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE organizations ADD COLUMN default_quota INTEGER;

        CREATE TABLE organization_quotas (
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            region TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (organization_id, region)) STRICT, WITHOUT ROWID;

        CREATE TABLE access_policies (
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            name TEXT NOT NULL,
            json TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            PRIMARY KEY (organization_id, name)) STRICT, WITHOUT ROWID;
        INSERT INTO access_policies SELECT id, 'allow-everything',
            '{"version":"v1alpha1","name":"allow-everything","statements":[{"name":"allow-everything","effect":"Allow","actions":["*"],"resources":["*"],"principals":["*"]}]}',
            created_at FROM organizations;

        ALTER TABLE access_keys ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE access_keys ADD COLUMN token_id TEXT;
        CREATE INDEX access_keys_by_principal ON access_keys (organization_id, principal);
        CREATE INDEX access_keys_by_token ON access_keys (token_id) WHERE token_id IS NOT NULL;
        CREATE INDEX access_keys_by_expiry ON access_keys (expires_at) WHERE expires_at IS NOT NULL;

        ALTER TABLE api_tokens RENAME TO api_tokens_1;
        CREATE TABLE api_tokens (
            id TEXT PRIMARY KEY,
            sha256 TEXT NOT NULL UNIQUE,
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            name TEXT NOT NULL,
            principal TEXT NOT NULL,
            groups TEXT NOT NULL,
            is_admin INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX api_tokens_by_organization ON api_tokens (organization_id, id);
        INSERT INTO api_tokens SELECT 'u' || substr(sha256, 1, 20), sha256, organization_id, 'bootstrap', principal, '[]', 1, expires_at, NULL, created_at
            FROM api_tokens_1;
        DROP TABLE api_tokens_1;

        CREATE TABLE operator_tokens (
            sha256 TEXT PRIMARY KEY,
            created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        ALTER TABLE buckets ADD COLUMN audits INTEGER;
        """;
}
