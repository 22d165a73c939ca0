namespace EdgeCache.Origin.Identity.Federation;

/// <summary>The tables of federation, as a step of <see cref="IdentitySchema"/>.</summary>
internal static class FederationSchema
{
    public const string Version1 =
        """
        CREATE TABLE federation_configs (
            id TEXT PRIMARY KEY,
            organization_id TEXT NOT NULL REFERENCES organizations (id),
            name TEXT NOT NULL,
            settings TEXT NOT NULL,
            revision INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (organization_id, name)) STRICT, WITHOUT ROWID;

        CREATE TABLE federation_uses (
            fingerprint TEXT PRIMARY KEY,
            organization_id TEXT NOT NULL,
            remember_until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX federation_uses_by_organization ON federation_uses (organization_id, remember_until);
        CREATE INDEX federation_uses_by_end ON federation_uses (remember_until);
        """;
}
