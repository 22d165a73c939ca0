using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog;

/// <summary>The rules of multipart uploads, inside a mutation.</summary>
internal static class UploadWrites
{
    /// <summary>Begins an upload.</summary>
    public static Outcome<StoredUpload> Create(Mutation m, NewUpload upload)
    {
        if (m.Sql.Integer("SELECT 1 FROM buckets WHERE bucket_id = @bucket", ("bucket", upload.BucketId)) is null)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        var initiatedAt = m.NowSeconds;
        var uploadId = Generation.New(m.Time).ToString();
        m.Sql.Execute(
            """
            INSERT INTO uploads (upload_id, bucket_id, object_key, initiated_at, owner_id, initiator, storage_class, acl, grants, headers, metadata, tags,
              checksum_algorithm, checksum_type, lock_mode, retain_until, legal_hold, encryption, key_check)
            VALUES (@upload, @bucket, @key, @at, @owner, @initiator, @class, @acl, @grants, @headers, @metadata, @tags, @algorithm, @type,
              @lock, @until, @hold, @encryption, @check)
            """,
            ("upload", uploadId), ("bucket", upload.BucketId), ("key", upload.Key), ("at", initiatedAt), ("owner", upload.OwnerOrganizationId),
            ("initiator", upload.Initiator), ("class", upload.StorageClass), ("acl", (int)upload.Acl), ("grants", RowCodec.Grants(upload.Grants)),
            ("headers", RowCodec.Map(upload.Headers)), ("metadata", RowCodec.Map(upload.UserMetadata)), ("tags", RowCodec.Map(upload.Tags)),
            ("algorithm", RowCodec.Number(upload.ChecksumAlgorithm)), ("type", RowCodec.Number(upload.ChecksumType)),
            ("lock", LockCodec.Mode(upload.Retention)), ("until", LockCodec.Until(upload.Retention)), ("hold", LockCodec.Hold(upload.LegalHold)),
            ("encryption", (int)upload.Encryption), ("check", upload.CustomerKeyCheck));
        return UploadRows.FindActive(m.Sql, upload.BucketId, upload.Key, uploadId)!.Upload;
    }

    /// <summary>Stores a part, replacing one of the same number.</summary>
    public static Outcome<StoredPart> PutPart(Mutation m, NewPart part)
    {
        if (part.PartNumber is < 1 or > UploadStore.MaxPartNumber)
        {
            return S3ErrorCode.InvalidArgument;
        }

        if (UploadRows.FindActive(m.Sql, part.BucketId, part.Key, part.UploadId) is not { } upload)
        {
            return S3ErrorCode.NoSuchUpload;
        }

        var (size, modified) = (part.Segments.Sum(static s => s.PlainLength), m.NowSeconds);
        var replaced = m.Sql.Integer(
            "SELECT size FROM parts WHERE upload_row = @upload AND part_number = @part", ("upload", upload.Id), ("part", part.PartNumber));
        var owner = OwnerOf(m, part.BucketId);
        m.Count(part.BucketId, owner, UsageChange.OfParts(replaced is null ? 1 : 0, size - (replaced ?? 0)));
        if (m.Exceeds(owner, part.QuotaBytes))
        {
            return S3ErrorCode.QuotaExceeded;
        }

        BlobWrites.ReleasePart(m, upload.Id, part.PartNumber);
        m.Sql.Execute(
            """
            INSERT INTO parts (upload_row, part_number, size, etag, checksum_algorithm, checksum_value, last_modified)
            VALUES (@upload, @part, @size, @etag, @algorithm, @checksum, @modified)
            ON CONFLICT (upload_row, part_number) DO UPDATE SET size = excluded.size, etag = excluded.etag,
              checksum_algorithm = excluded.checksum_algorithm, checksum_value = excluded.checksum_value, last_modified = excluded.last_modified
            """,
            ("upload", upload.Id), ("part", part.PartNumber), ("size", size), ("etag", part.ETag),
            ("algorithm", RowCodec.Number(part.Checksum?.Algorithm)), ("checksum", part.Checksum?.Value), ("modified", modified));
        BlobWrites.AttachToPart(m, upload.Id, part.PartNumber, part.Segments);
        return new StoredPart(part.PartNumber, size, part.ETag, part.Checksum, DateTimeOffset.FromUnixTimeSeconds(modified));
    }

    /// <summary>Makes the object of its parts, or answers as before when that was done.</summary>
    public static Outcome<CommittedVersion> Complete(Mutation m, UploadCompletion completion)
    {
        if (UploadRows.Find(m.Sql, completion.BucketId, completion.Key, completion.UploadId) is not { } row)
        {
            return S3ErrorCode.NoSuchUpload;
        }

        if (row.Completion is not null)
        {
            return m.Sql.Text("SELECT name FROM buckets WHERE bucket_id = @bucket", ("bucket", completion.BucketId)) is { } bucket
                ? UploadRows.Repeat(row, bucket)
                : S3ErrorCode.NoSuchBucket;
        }

        var stored = UploadRows.Parts(m.Sql, row.Id, after: 0, UploadStore.MaxPartNumber);
        var selection = Select(completion.Parts, stored);
        if (!selection.Succeeded)
        {
            return selection.Error;
        }

        var parts = selection.Value;
        var seal = completion.Seal(row.Upload, parts);
        if (!seal.Succeeded)
        {
            return seal.Error;
        }

        // The parts count already: an object made of them grows nothing, so no quota is asked.
        m.Count(completion.BucketId, OwnerOf(m, completion.BucketId), -UsageChange.OfParts(stored.Count, stored.Sum(static p => p.Size)));
        var size = parts.Sum(static p => p.Size);
        var committed = VersionWrites.Put(m, Version(row.Upload, parts, seal.Value, m.Time), size, completion.Condition, out var versionRow);
        if (committed.Succeeded)
        {
            Close(m, row.Id, stored, parts, versionRow, committed.Value);
        }

        return committed;
    }

    /// <summary>Ends an upload without an object.</summary>
    public static Outcome<StoredUpload> Abort(Mutation m, long bucketId, string key, string uploadId)
    {
        if (UploadRows.FindActive(m.Sql, bucketId, key, uploadId) is not { } upload)
        {
            return S3ErrorCode.NoSuchUpload;
        }

        var dropped = m.Sql.First(
            "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM parts WHERE upload_row = @upload", ReadParts, ("upload", upload.Id));
        m.Count(bucketId, OwnerOf(m, bucketId), -dropped);
        BlobWrites.ReleaseUpload(m, upload.Id);
        m.Sql.Execute("DELETE FROM parts WHERE upload_row = @upload", ("upload", upload.Id));
        m.Sql.Execute("DELETE FROM uploads WHERE upload_row = @upload", ("upload", upload.Id));
        return upload.Upload;
    }

    /// <summary>Ends all uploads in progress in a bucket that is being deleted.</summary>
    public static void DropAll(Mutation m, long bucketId)
    {
        const string active = "(SELECT upload_row FROM uploads WHERE bucket_id = @bucket AND completed_at IS NULL)";
        var dropped = m.Sql.First(
            $"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM parts WHERE upload_row IN {active}", ReadParts, ("bucket", bucketId));
        m.Count(bucketId, OwnerOf(m, bucketId), -dropped);
        m.Sql.Execute(
            $"UPDATE blobs SET upload_row = NULL, released_at = @now WHERE upload_row IN {active}", ("now", m.NowMilliseconds), ("bucket", bucketId));
        m.Sql.Execute($"DELETE FROM parts WHERE upload_row IN {active}", ("bucket", bucketId));
        m.Sql.Execute("DELETE FROM uploads WHERE bucket_id = @bucket AND completed_at IS NULL", ("bucket", bucketId));
    }

    private static string OwnerOf(Mutation m, long bucketId) =>
        m.Sql.Text("SELECT owner_id FROM buckets WHERE bucket_id = @bucket", ("bucket", bucketId)) ?? string.Empty;

    private static UsageChange ReadParts(DbDataReader r) => UsageChange.OfParts(r.GetInt64(0), r.GetInt64(1));

    private static Outcome<List<StoredPart>> Select(IReadOnlyList<NamedPart> named, List<StoredPart> stored)
    {
        if (named.Count == 0)
        {
            return S3ErrorCode.MalformedXML;
        }

        for (var i = 1; i < named.Count; i++)
        {
            if (named[i].PartNumber <= named[i - 1].PartNumber)
            {
                return S3ErrorCode.InvalidPartOrder;
            }
        }

        var byNumber = stored.ToDictionary(static p => p.PartNumber);
        var selected = new List<StoredPart>(named.Count);
        foreach (var name in named)
        {
            if (!byNumber.TryGetValue(name.PartNumber, out var part) || !part.ETag.Equals(name.ETag, StringComparison.OrdinalIgnoreCase) ||
                (name.Checksum is not null && part.Checksum?.Value != name.Checksum))
            {
                return S3ErrorCode.InvalidPart;
            }

            selected.Add(part);
        }

        return selected.Take(selected.Count - 1).FirstOrDefault(static p => p.Size < UploadStore.MinPartSize) is { } small
            ? TooSmall(small)
            : selected;
    }

    private static Outcome<List<StoredPart>> TooSmall(StoredPart part) =>
        new S3Error(
            S3ErrorCode.EntityTooSmall, null,
            [
                new("ProposedSize", part.Size.ToString(CultureInfo.InvariantCulture)),
                new("MinSizeAllowed", UploadStore.MinPartSize.ToString(CultureInfo.InvariantCulture)),
                new("PartNumber", part.PartNumber.ToString(CultureInfo.InvariantCulture)),
                new("ETag", part.ETag),
            ]);

    private static NewVersion Version(StoredUpload upload, List<StoredPart> parts, SealedObject seal, TimeProvider time) => new()
    {
        BucketId = upload.BucketId,
        Key = upload.Key,
        Generation = Generation.New(time),
        Segments = [],
        ETag = seal.ETag,
        OwnerOrganizationId = upload.OwnerOrganizationId,
        Headers = upload.Headers,
        UserMetadata = upload.UserMetadata,
        Tags = upload.Tags,
        Checksum = seal.Checksum,
        PartSizes = [.. parts.Select(static p => p.Size)],
        PartChecksums = upload.ChecksumAlgorithm is { } algorithm && parts.TrueForAll(p => p.Checksum?.Algorithm == algorithm)
            ? [.. parts.Select(static p => p.Checksum!.Value)]
            : [],
        StorageClass = upload.StorageClass,
        Acl = upload.Acl,
        Grants = upload.Grants,
        Retention = upload.Retention,
        LegalHold = upload.LegalHold,
        Encryption = upload.Encryption,
        CustomerKeyCheck = upload.CustomerKeyCheck,
    };

    private static void Close(
        Mutation m, long uploadRow, List<StoredPart> stored, List<StoredPart> used, long versionRow, CommittedVersion committed)
    {
        foreach (var unused in stored.Except(used))
        {
            BlobWrites.ReleasePart(m, uploadRow, unused.PartNumber);
        }

        BlobWrites.MoveToVersion(m, uploadRow, versionRow);
        m.Sql.Execute("DELETE FROM parts WHERE upload_row = @upload", ("upload", uploadRow));
        var facts = committed.Facts;
        var result = new CompletionRow(
            facts.Generation.ToString(), facts.VersionId, facts.ETag, facts.Size, facts.LastModified.ToUnixTimeSeconds(), facts.Checksum, committed.Sequence);
        m.Sql.Execute(
            "UPDATE uploads SET completed_at = @now, completion = @completion WHERE upload_row = @upload",
            ("now", m.NowMilliseconds), ("completion", JsonSerializer.Serialize(result, RowJson.Default.CompletionRow)), ("upload", uploadRow));
    }
}
