using System.Collections.Immutable;
using System.Data.Common;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Catalog;

/// <summary>Reads rows of the versions table.</summary>
internal static class VersionRows
{
    /// <summary>The text that stands for the null version's id.</summary>
    public const string NullVersionId = "null";

    private const string FactColumns =
        """
        v.version_row, b.name, v.object_key, v.generation, v.version_id, v.is_delete_marker, v.size, v.etag, v.last_modified,
        v.headers, v.metadata, v.checksum_algorithm, v.checksum_type, v.checksum_value, v.part_sizes, v.storage_class, v.owner_id, v.acl,
        v.tag_count, b.versioning, s.newest, v.part_checksums, v.grants,
        v.lock_mode, v.retain_until, v.legal_hold, v.encryption, v.key_check
        """;

    // Outer joins from the feed position: one statement, so one snapshot, and a row also when there is no version or no bucket.
    private const string FromCurrent =
        """
        FROM (SELECT COALESCE(MAX(sequence), 0) AS newest FROM changes) s
        LEFT JOIN buckets b ON b.bucket_id = @bucket
        LEFT JOIN versions v ON v.version_row = (
          SELECT version_row FROM versions WHERE bucket_id = @bucket AND object_key = @key ORDER BY version_row DESC LIMIT 1)
        """;

    private const string FromNamed =
        """
        FROM (SELECT COALESCE(MAX(sequence), 0) AS newest FROM changes) s
        LEFT JOIN buckets b ON b.bucket_id = @bucket
        LEFT JOIN versions v ON v.bucket_id = @bucket AND v.object_key = @key AND v.version_id = @version
        """;

    private const int NewestColumn = 20;

    /// <summary>The current version or the one named, its row and the feed position. Within a snapshot or a mutation.</summary>
    public static (long Row, VersionFacts? Facts, long AsOfSequence) Find(SqlSession sql, long bucketId, string key, string? versionId)
    {
        var found = FindUntagged(sql, bucketId, key, versionId);
        return found.Facts is { TagCount: > 0 } facts ? found with { Facts = facts with { Tags = Tags(sql, found.Row) } } : found;
    }

    /// <summary>The same in one statement, so that it needs no snapshot, but without the tags.</summary>
    public static (long Row, VersionFacts? Facts, long AsOfSequence) FindUntagged(SqlSession sql, long bucketId, string key, string? versionId) =>
        string.IsNullOrEmpty(versionId)
            ? sql.First($"SELECT {FactColumns} {FromCurrent}", Read, ("bucket", bucketId), ("key", key))
            : sql.First($"SELECT {FactColumns} {FromNamed}", Read, ("bucket", bucketId), ("key", key), ("version", versionId));

    /// <summary>The blobs of a version, in order.</summary>
    public static ImmutableArray<BlobSegment> Segments(SqlSession sql, long versionRow) =>
        [.. sql.All(
            """
            SELECT b.blob_id, b.size, c.content, b.envelope FROM blobs b LEFT JOIN small_blobs c ON c.content_row = b.content_row
            WHERE b.version_row = @row ORDER BY b.part_number, b.position
            """,
            RowCodec.Segment, ("row", versionRow))];

    /// <summary>The tags of a version.</summary>
    public static ImmutableSortedDictionary<string, string> Tags(SqlSession sql, long versionRow) =>
        StringMap.EmptyTags.AddRange(sql.All(
            "SELECT name, value FROM version_tags WHERE version_row = @row",
            static r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("row", versionRow)));

    /// <summary>A version id as it is reported: none in a bucket that was never versioned.</summary>
    public static string ReportedId(string versionId, BucketVersioning versioning) =>
        versioning == BucketVersioning.Unversioned ? "" : versionId;

    private static (long Row, VersionFacts? Facts, long AsOfSequence) Read(DbDataReader r)
    {
        var asOf = r.GetInt64(NewestColumn);
        return r.IsDBNull(0) || r.IsDBNull(1)
            ? (0, null, asOf)
            : (r.GetInt64(0), new VersionFacts
            {
                Bucket = r.GetString(1),
                Key = r.GetString(2),
                Generation = RowCodec.Generation16(r, 3),
                VersionId = ReportedId(r.GetString(4), (BucketVersioning)r.GetInt32(19)),
                IsDeleteMarker = r.GetInt32(5) != 0,
                Size = r.GetInt64(6),
                ETag = r.GetString(7),
                LastModified = DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(8)),
                Headers = RowCodec.Map(r, 9, StringMap.Empty),
                UserMetadata = RowCodec.Map(r, 10, StringMap.Empty),
                Checksum = RowCodec.Checksum(r, 11),
                PartSizes = RowCodec.Sizes(r.IsDBNull(14) ? null : r.GetString(14)),
                PartChecksums = RowCodec.Words(r.IsDBNull(21) ? null : r.GetString(21)),
                StorageClass = r.GetString(15),
                OwnerOrganizationId = r.GetString(16),
                Acl = RowCodec.Acl(r, 17),
                Grants = RowCodec.Grants(r, 22),
                Retention = LockCodec.Retention(r, 23),
                LegalHold = LockCodec.LegalHold(r, 25),
                Encryption = (ObjectEncryption)r.GetInt32(26),
                CustomerKeyCheck = r.IsDBNull(27) ? null : r.GetString(27),
                TagCount = r.GetInt32(18),
                AsOfSequence = asOf,
            }, asOf);
    }
}
