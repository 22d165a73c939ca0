namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>The first schema. Times are Unix seconds where S3 shows seconds, else Unix milliseconds; enums are their numbers.</summary>
internal static class SchemaVersion1
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        """
        CREATE TABLE buckets (
          bucket_id {identity},
          name {key} NOT NULL UNIQUE,
          owner_id TEXT NOT NULL,
          acl INTEGER NOT NULL,
          grants TEXT,
          versioning INTEGER NOT NULL,
          object_lock INTEGER NOT NULL DEFAULT 0,
          created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX buckets_by_owner ON buckets (owner_id, name)",
        """
        CREATE TABLE bucket_tags (
          bucket_id BIGINT NOT NULL,
          name TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (bucket_id, name))
        """,

        // version_row grows with every write of the region: among the versions of a key, the greatest is the newest.
        """
        CREATE TABLE versions (
          version_row {identity},
          bucket_id BIGINT NOT NULL,
          object_key {key} NOT NULL,
          version_id TEXT NOT NULL,
          generation {bytes} NOT NULL,
          is_latest INTEGER NOT NULL,
          is_delete_marker INTEGER NOT NULL,
          size BIGINT NOT NULL,
          etag TEXT NOT NULL,
          last_modified BIGINT NOT NULL,
          storage_class TEXT NOT NULL,
          owner_id TEXT NOT NULL,
          acl INTEGER NOT NULL,
          grants TEXT,
          headers TEXT,
          metadata TEXT,
          checksum_algorithm INTEGER,
          checksum_type INTEGER,
          checksum_value TEXT,
          part_sizes TEXT,
          part_checksums TEXT,
          tag_count INTEGER NOT NULL,
          lock_mode INTEGER,
          retain_until BIGINT,
          legal_hold INTEGER NOT NULL DEFAULT 0)
        """,
        "CREATE UNIQUE INDEX versions_by_id ON versions (bucket_id, object_key, version_id)",
        "CREATE INDEX versions_by_age ON versions (bucket_id, object_key, version_row DESC)",
        "CREATE UNIQUE INDEX versions_current ON versions (bucket_id, object_key) WHERE is_latest = 1 AND is_delete_marker = 0",
        """
        CREATE TABLE version_tags (
          version_row BIGINT NOT NULL,
          name TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (version_row, name))
        """,
        """
        CREATE TABLE uploads (
          upload_row {identity},
          upload_id TEXT NOT NULL UNIQUE,
          bucket_id BIGINT NOT NULL,
          object_key {key} NOT NULL,
          initiated_at BIGINT NOT NULL,
          owner_id TEXT NOT NULL,
          initiator TEXT NOT NULL,
          storage_class TEXT NOT NULL,
          acl INTEGER NOT NULL,
          grants TEXT,
          headers TEXT,
          metadata TEXT,
          tags TEXT,
          checksum_algorithm INTEGER,
          checksum_type INTEGER,
          lock_mode INTEGER,
          retain_until BIGINT,
          legal_hold INTEGER NOT NULL DEFAULT 0,
          completed_at BIGINT,
          completion TEXT)
        """,
        "CREATE INDEX uploads_active ON uploads (bucket_id, object_key, upload_id) WHERE completed_at IS NULL",
        "CREATE INDEX uploads_completed ON uploads (completed_at) WHERE completed_at IS NOT NULL",
        """
        CREATE TABLE parts (
          upload_row BIGINT NOT NULL,
          part_number INTEGER NOT NULL,
          size BIGINT NOT NULL,
          etag TEXT NOT NULL,
          checksum_algorithm INTEGER,
          checksum_value TEXT,
          last_modified BIGINT NOT NULL,
          PRIMARY KEY (upload_row, part_number))
        """,

        // Every blob has exactly one owner: a version, a part of an upload, or the garbage (released_at). Completing an upload only
        // changes the owner; part_number and position keep the order.
        """
        CREATE TABLE blobs (
          blob_id {bytes} NOT NULL PRIMARY KEY,
          size BIGINT NOT NULL,
          version_row BIGINT,
          upload_row BIGINT,
          part_number INTEGER NOT NULL,
          position INTEGER NOT NULL,
          released_at BIGINT,
          CHECK ((CASE WHEN version_row IS NULL THEN 0 ELSE 1 END) + (CASE WHEN upload_row IS NULL THEN 0 ELSE 1 END)
            + (CASE WHEN released_at IS NULL THEN 0 ELSE 1 END) = 1))
        """,
        "CREATE INDEX blobs_of_version ON blobs (version_row, part_number, position) WHERE version_row IS NOT NULL",
        "CREATE INDEX blobs_of_part ON blobs (upload_row, part_number, position) WHERE upload_row IS NOT NULL",
        "CREATE INDEX blobs_released ON blobs (released_at) WHERE released_at IS NOT NULL",
        """
        CREATE TABLE changes (
          sequence {sequence},
          kind INTEGER NOT NULL,
          bucket TEXT NOT NULL,
          object_key TEXT NOT NULL,
          changed_at BIGINT NOT NULL)
        """,
    ];
}
