using System.Data.Common;
using System.Text.Json;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Catalog;

/// <summary>Reads rows of the uploads and parts tables.</summary>
internal static class UploadRows
{
    /// <summary>The columns that <see cref="ReadUpload"/> takes, beginning with the key.</summary>
    public const string Columns =
        """
        object_key, upload_row, bucket_id, upload_id, initiated_at, owner_id, initiator, storage_class, acl, headers, metadata, tags,
        checksum_algorithm, checksum_type, completion, grants, lock_mode, retain_until, legal_hold, encryption,
        key_check
        """;

    private const string PartColumns = "part_number, size, etag, checksum_algorithm, checksum_value, last_modified";

    /// <summary>An upload, its row and, when it is completed, what came of it.</summary>
    public sealed record Row(long Id, StoredUpload Upload, CompletionRow? Completion);

    /// <summary>The upload of that id for that key; null when there is none.</summary>
    public static Row? Find(SqlSession sql, long bucketId, string key, string uploadId) =>
        sql.First($"SELECT {Columns} FROM uploads WHERE upload_id = @upload", ReadRow, ("upload", uploadId)) is { } row &&
        row.Upload.BucketId == bucketId && row.Upload.Key == key
            ? row
            : null;

    /// <summary>The upload if it is in progress; null otherwise.</summary>
    public static Row? FindActive(SqlSession sql, long bucketId, string key, string uploadId) =>
        Find(sql, bucketId, key, uploadId) is { Completion: null } row ? row : null;

    /// <summary>Parts in order of their numbers, after one.</summary>
    public static List<StoredPart> Parts(SqlSession sql, long uploadRow, int after, int max) =>
        sql.All(
            $"SELECT {PartColumns} FROM parts WHERE upload_row = @upload AND part_number > @after ORDER BY part_number LIMIT @max",
            static r => new StoredPart(
                r.GetInt32(0), r.GetInt64(1), r.GetString(2),
                r.IsDBNull(3) ? null : new ObjectChecksum((ChecksumAlgorithm)r.GetInt32(3), ChecksumType.FullObject, r.GetString(4)),
                DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(5))),
            ("upload", uploadRow), ("after", after), ("max", max));

    /// <summary>Reads an upload.</summary>
    public static StoredUpload ReadUpload(DbDataReader r) => new()
    {
        Key = r.GetString(0),
        BucketId = r.GetInt64(2),
        UploadId = r.GetString(3),
        InitiatedAt = DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(4)),
        OwnerOrganizationId = r.GetString(5),
        Initiator = r.GetString(6),
        StorageClass = r.GetString(7),
        Acl = RowCodec.Acl(r, 8),
        Headers = RowCodec.Map(r, 9, StringMap.Empty),
        UserMetadata = RowCodec.Map(r, 10, StringMap.Empty),
        Tags = RowCodec.Map(r, 11, StringMap.EmptyTags),
        ChecksumAlgorithm = RowCodec.Enum<ChecksumAlgorithm>(r, 12),
        ChecksumType = RowCodec.Enum<ChecksumType>(r, 13),
        IsCompleted = !r.IsDBNull(14),
        Grants = RowCodec.Grants(r, 15),
        Retention = LockCodec.Retention(r, 16),
        LegalHold = LockCodec.LegalHold(r, 18),
        Encryption = (ObjectEncryption)r.GetInt32(19),
        CustomerKeyCheck = r.IsDBNull(20) ? null : r.GetString(20),
    };

    /// <summary>What a completion answered, for answering it again. The sizes of the parts are no longer known.</summary>
    public static CommittedVersion Repeat(Row row, string bucket)
    {
        var (upload, done) = (row.Upload, row.Completion!);
        return new CommittedVersion(
            new VersionFacts
            {
                Bucket = bucket,
                Key = upload.Key,
                Generation = Generation.TryParse(done.Generation, out var generation) ? generation : default,
                VersionId = done.VersionId,
                Size = done.Size,
                ETag = done.ETag,
                LastModified = DateTimeOffset.FromUnixTimeSeconds(done.LastModified),
                Headers = upload.Headers,
                UserMetadata = upload.UserMetadata,
                Checksum = done.Checksum,
                PartSizes = [],
                StorageClass = upload.StorageClass,
                OwnerOrganizationId = upload.OwnerOrganizationId,
                Acl = upload.Acl,
                Grants = upload.Grants,
                Encryption = upload.Encryption,
                TagCount = upload.Tags.Count,
                Tags = upload.Tags,
                AsOfSequence = done.Sequence,
            },
            done.Sequence);
    }

    private static Row ReadRow(DbDataReader r) => new(
        r.GetInt64(1), ReadUpload(r), r.IsDBNull(14) ? null : JsonSerializer.Deserialize(r.GetString(14), RowJson.Default.CompletionRow));
}
