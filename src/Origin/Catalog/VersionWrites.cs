using System.Collections.Immutable;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>
/// The versioning rules, inside a mutation
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html">how S3 versioning works</see>).
/// </summary>
internal static class VersionWrites
{
    private const string RowColumns = "version_row, version_id, is_latest, is_delete_marker, etag, size, last_modified";

    /// <summary>Makes a version of a key; its blobs are attached to <paramref name="row"/> by the caller.</summary>
    public static Outcome<CommittedVersion> Put(Mutation m, NewVersion version, long size, WriteCondition condition, out long row)
    {
        row = 0;
        if (FindBucket(m, version.BucketId) is not { } bucket)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        var current = FindCurrent(m, version.BucketId, version.Key);
        if (CheckWrite(condition, current) is { } refusal)
        {
            return refusal;
        }

        version = version with { Retention = version.Retention ?? bucket.DefaultRetention?.For(m.Time.GetUtcNow()) };
        var versionId = MakeRoom(m, bucket, version.Key, current, version.Generation);
        var lastModified = m.NowSeconds;
        row = Insert(m, bucket, version, versionId, size, lastModified, isDeleteMarker: false);
        if (m.Exceeds(bucket.OwnerId, version.QuotaBytes))
        {
            return S3ErrorCode.QuotaExceeded;
        }

        InsertTags(m, row, version.Tags);

        var sequence = m.Append(ChangeKind.ObjectChanged, bucket.Name, version.Key);
        return new CommittedVersion(Facts(version, bucket, versionId, size, lastModified, sequence), sequence);
    }

    /// <summary>Deletes a key as the bucket's versioning says: removes it, or puts a delete marker on top.</summary>
    public static Outcome<DeletedVersion> DeleteCurrent(Mutation m, long bucketId, string key, WriteCondition condition)
    {
        if (FindBucket(m, bucketId) is not { } bucket)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        var current = FindCurrent(m, bucketId, key);
        if (CheckDelete(condition, current) is { } refusal)
        {
            return refusal;
        }

        // What a condition is about must exist; without one, versioning leaves a marker even for a key that never was.
        if (current is null && (bucket.Versioning == BucketVersioning.Unversioned || condition != WriteCondition.None))
        {
            return new DeletedVersion("", IsDeleteMarker: false, Changed: false, m.Sequence);
        }

        if (bucket.Versioning == BucketVersioning.Unversioned)
        {
            Remove(m, bucket, key, current!);
            return new DeletedVersion("", IsDeleteMarker: false, Changed: true, m.Append(ChangeKind.ObjectChanged, bucket.Name, key));
        }

        var marker = new NewVersion
        {
            BucketId = bucketId, Key = key, Generation = Generation.New(m.Time), Segments = [], ETag = "", OwnerOrganizationId = bucket.OwnerId,
        };
        var versionId = MakeRoom(m, bucket, key, current, marker.Generation);
        Insert(m, bucket, marker, versionId, size: 0, m.NowSeconds, isDeleteMarker: true);
        return new DeletedVersion(versionId, IsDeleteMarker: true, Changed: true, m.Append(ChangeKind.ObjectChanged, bucket.Name, key));
    }

    /// <summary>Removes one version for good; the newest of those left becomes the latest.</summary>
    public static Outcome<DeletedVersion> DeleteNamed(
        Mutation m, long bucketId, string key, string versionId, WriteCondition condition, bool bypassGovernance = false)
    {
        if (FindBucket(m, bucketId) is not { } bucket)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        var named = FindNamed(m, bucketId, key, versionId);
        if (CheckDelete(condition, named) is { } refusal)
        {
            return refusal;
        }

        var reportedId = VersionRows.ReportedId(versionId, bucket.Versioning);
        if (named is null)
        {
            return new DeletedVersion(reportedId, IsDeleteMarker: false, Changed: false, m.Sequence);
        }

        if (VersionLocks.CheckRemoval(m, named.Id, bypassGovernance) is { } locked)
        {
            return locked;
        }

        Remove(m, bucket, key, named);
        if (named.IsLatest)
        {
            m.Sql.Execute(
                """
                UPDATE versions SET is_latest = 1 WHERE version_row = (
                  SELECT version_row FROM versions WHERE bucket_id = @bucket AND object_key = @key ORDER BY version_row DESC LIMIT 1)
                """,
                ("bucket", bucketId), ("key", key));
        }

        return new DeletedVersion(reportedId, named.IsDeleteMarker, Changed: true, m.Append(ChangeKind.ObjectChanged, bucket.Name, key));
    }

    /// <summary>Changes the current version or the one named; NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker.</summary>
    public static Outcome<CommittedVersion> Change(Mutation m, long bucketId, string key, string? versionId, Func<Mutation, long, S3Error?> change)
    {
        if (FindBucket(m, bucketId) is not { } bucket)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        var row = string.IsNullOrEmpty(versionId) ? FindCurrent(m, bucketId, key) : FindNamed(m, bucketId, key, versionId);
        if (row is null or { IsDeleteMarker: true })
        {
            return string.IsNullOrEmpty(versionId) ? S3ErrorCode.NoSuchKey : row is null ? S3ErrorCode.NoSuchVersion : S3ErrorCode.MethodNotAllowed;
        }

        if (change(m, row.Id) is { } refused)
        {
            return refused;
        }

        var sequence = m.Append(ChangeKind.ObjectChanged, bucket.Name, key);
        return new CommittedVersion(VersionRows.Find(m.Sql, bucketId, key, row.VersionId).Facts! with { AsOfSequence = sequence }, sequence);
    }

    /// <summary>Replaces a version's tags.</summary>
    public static S3Error? SetTags(Mutation m, long row, ImmutableSortedDictionary<string, string> tags)
    {
        m.Sql.Execute("DELETE FROM version_tags WHERE version_row = @row", ("row", row));
        InsertTags(m, row, tags);
        m.Sql.Execute("UPDATE versions SET tag_count = @tags WHERE version_row = @row", ("tags", tags.Count), ("row", row));
        return null;
    }

    /// <summary>Replaces a version's ACL.</summary>
    public static S3Error? SetAcl(Mutation m, long row, CannedAcl acl, ImmutableArray<AclGrant>? grants)
    {
        m.Sql.Execute(
            "UPDATE versions SET acl = @acl, grants = @grants WHERE version_row = @row",
            ("acl", (int)acl), ("grants", RowCodec.Grants(grants)), ("row", row));
        return null;
    }

    /// <summary>Gives the place of the latest version away: removes what is replaced, keeps what is kept. Returns the new version's id.</summary>
    private static string MakeRoom(Mutation m, BucketState bucket, string key, Row? current, Generation generation)
    {
        if (bucket.Versioning == BucketVersioning.Enabled)
        {
            Demote(m, current);
            return generation.ToString();
        }

        var replaced = current is null or { VersionId: VersionRows.NullVersionId }
            ? current
            : FindNamed(m, bucket.Id, key, VersionRows.NullVersionId);
        if (replaced is not null)
        {
            Remove(m, bucket, key, replaced);
        }

        if (current is not null && current.Id != replaced?.Id)
        {
            Demote(m, current);
        }

        return VersionRows.NullVersionId;
    }

    private static long Insert(
        Mutation m, BucketState bucket, NewVersion v, string versionId, long size, long lastModified, bool isDeleteMarker)
    {
        m.Count(bucket.Id, bucket.OwnerId, UsageChange.Version(size, isDeleteMarker));
        return m.Sql.Integer(
            """
            INSERT INTO versions (bucket_id, object_key, version_id, generation, is_latest, is_delete_marker, size, etag, last_modified,
              storage_class, owner_id, acl, grants, headers, metadata, checksum_algorithm, checksum_type, checksum_value, part_sizes, part_checksums, tag_count,
              lock_mode, retain_until, legal_hold, encryption, key_check)
            VALUES (@bucket, @key, @version, @generation, 1, @marker, @size, @etag, @modified, @class, @owner, @acl, @grants, @headers, @metadata,
              @algorithm, @type, @checksum, @parts, @partsums, @tags, @lock, @until, @hold, @encryption, @check)
            RETURNING version_row
            """,
            ("bucket", v.BucketId), ("key", v.Key), ("version", versionId), ("generation", RowCodec.Bytes(v.Generation)),
            ("marker", isDeleteMarker ? 1 : 0), ("size", size), ("etag", v.ETag), ("modified", lastModified), ("class", v.StorageClass),
            ("owner", v.OwnerOrganizationId), ("acl", (int)v.Acl), ("grants", RowCodec.Grants(v.Grants)), ("headers", RowCodec.Map(v.Headers)), ("metadata", RowCodec.Map(v.UserMetadata)),
            ("algorithm", RowCodec.Number(v.Checksum?.Algorithm)), ("type", RowCodec.Number(v.Checksum?.Type)), ("checksum", v.Checksum?.Value),
            ("parts", RowCodec.Sizes(v.PartSizes)), ("partsums", RowCodec.Words(v.PartChecksums)), ("tags", v.Tags.Count),
            ("lock", isDeleteMarker ? null : LockCodec.Mode(v.Retention)), ("until", isDeleteMarker ? null : LockCodec.Until(v.Retention)), ("hold", LockCodec.Hold(v.LegalHold)),
            ("encryption", (int)v.Encryption), ("check", v.CustomerKeyCheck))!.Value;
    }

    private static void InsertTags(Mutation m, long row, ImmutableSortedDictionary<string, string> tags)
    {
        foreach (var (name, value) in tags)
        {
            m.Sql.Execute(
                "INSERT INTO version_tags (version_row, name, value) VALUES (@row, @name, @value)", ("row", row), ("name", name), ("value", value));
        }
    }

    private static void Demote(Mutation m, Row? current)
    {
        if (current is { IsLatest: true })
        {
            m.Sql.Execute("UPDATE versions SET is_latest = 0 WHERE version_row = @row", ("row", current.Id));
        }
    }

    private static void Remove(Mutation m, BucketState bucket, string key, Row row)
    {
        if (row.Size > 0 && VersionRows.FindUntagged(m.Sql, bucket.Id, key, row.VersionId).Facts is { } ending)
        {
            m.Past.Add(new StoredVersion(ending, VersionRows.Segments(m.Sql, row.Id)));
        }

        m.Count(bucket.Id, bucket.OwnerId, -UsageChange.Version(row.Size, row.IsDeleteMarker));
        m.Sql.Execute(
            "UPDATE blobs SET version_row = NULL, released_at = @now WHERE version_row = @row", ("now", m.NowMilliseconds), ("row", row.Id));
        m.Sql.Execute("DELETE FROM version_tags WHERE version_row = @row", ("row", row.Id));
        m.Sql.Execute("DELETE FROM versions WHERE version_row = @row", ("row", row.Id));
    }

    private static S3Error? CheckWrite(WriteCondition condition, Row? current)
    {
        var exists = current is { IsDeleteMarker: false };
        if (condition.IfNoneMatch is { } unwanted && exists && (unwanted == "*" || unwanted == current!.ETag))
        {
            return S3ErrorCode.PreconditionFailed;
        }

        if (!exists)
        {
            return condition.IfMatch is not null || condition.IfLastModified is not null || condition.IfSize is not null
                ? S3ErrorCode.NoSuchKey
                : null;
        }

        return Matches(condition, current!) ? null : S3ErrorCode.PreconditionFailed;
    }

    /// <summary>A delete marker is something that exists, with an empty ETag; what does not exist is deleted successfully.</summary>
    private static S3Error? CheckDelete(WriteCondition condition, Row? row) =>
        row is null || Matches(condition, row) ? null : S3ErrorCode.PreconditionFailed;

    private static bool Matches(WriteCondition condition, Row row) =>
        (condition.IfMatch is not { } wanted || wanted == "*" || wanted == row.ETag) &&
        (condition.IfLastModified is not { } modified || modified.ToUnixTimeSeconds() == row.LastModified) &&
        (condition.IfSize is not { } size || size == row.Size);

    private static VersionFacts Facts(NewVersion v, BucketState bucket, string versionId, long size, long lastModified, long sequence) => new()
    {
        Bucket = bucket.Name,
        Key = v.Key,
        Generation = v.Generation,
        VersionId = VersionRows.ReportedId(versionId, bucket.Versioning),
        Size = size,
        ETag = v.ETag,
        LastModified = DateTimeOffset.FromUnixTimeSeconds(lastModified),
        Headers = v.Headers,
        UserMetadata = v.UserMetadata,
        Checksum = v.Checksum,
        PartSizes = v.PartSizes,
        PartChecksums = v.PartChecksums,
        StorageClass = v.StorageClass,
        OwnerOrganizationId = v.OwnerOrganizationId,
        Acl = v.Acl,
        Grants = v.Grants,
        Retention = v.Retention,
        LegalHold = v.LegalHold,
        Encryption = v.Encryption,
        CustomerKeyCheck = v.CustomerKeyCheck,
        TagCount = v.Tags.Count,
        Tags = v.Tags,
        AsOfSequence = sequence,
    };

    private static BucketState? FindBucket(Mutation m, long bucketId) =>
        m.Sql.First(
            "SELECT bucket_id, name, owner_id, versioning, retention_mode, retention_days, retention_years FROM buckets WHERE bucket_id = @bucket",
            static r => new BucketState(r.GetInt64(0), r.GetString(1), r.GetString(2), (BucketVersioning)r.GetInt32(3), LockCodec.Default(r, 4)), ("bucket", bucketId));

    private static Row? FindCurrent(Mutation m, long bucketId, string key) =>
        m.Sql.First(
            $"SELECT {RowColumns} FROM versions WHERE bucket_id = @bucket AND object_key = @key ORDER BY version_row DESC LIMIT 1",
            Row.Read, ("bucket", bucketId), ("key", key));

    private static Row? FindNamed(Mutation m, long bucketId, string key, string versionId) =>
        m.Sql.First(
            $"SELECT {RowColumns} FROM versions WHERE bucket_id = @bucket AND object_key = @key AND version_id = @version",
            Row.Read, ("bucket", bucketId), ("key", key), ("version", versionId));

    private sealed record BucketState(long Id, string Name, string OwnerId, BucketVersioning Versioning, DefaultRetention? DefaultRetention);

    private sealed record Row(long Id, string VersionId, bool IsLatest, bool IsDeleteMarker, string ETag, long Size, long LastModified)
    {
        public static Row Read(System.Data.Common.DbDataReader r) =>
            new(r.GetInt64(0), r.GetString(1), r.GetInt32(2) != 0, r.GetInt32(3) != 0, r.GetString(4), r.GetInt64(5), r.GetInt64(6));
    }
}
