using System.Collections.Immutable;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>The versions of objects.</summary>
internal sealed class VersionStore(CatalogWriter writer, ReaderPool readers, PastVersions past)
{
    /// <summary>The current version of a key (which may be a delete marker), or the one named; with its segments unless told otherwise.</summary>
    /// <param name="bucketId">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="versionId">A version id, <c>null</c> (the text) for the null version; null or empty for the current version.</param>
    /// <param name="withSegments">False for a HEAD, which needs no bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<VersionLookup> FindAsync(
        long bucketId, string key, string? versionId, bool withSegments, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql =>
            {
                if (!withSegments)
                {
                    var (_, facts, asOf) = VersionRows.FindUntagged(sql, bucketId, key, versionId);
                    if (facts is not { TagCount: > 0 })
                    {
                        return new VersionLookup(facts is null ? null : new StoredVersion(facts, []), asOf);
                    }
                }

                return sql.Snapshot(s => Find(s, bucketId, key, versionId, withSegments));
            },
            cancellationToken);

    /// <summary>A version that ended a short while ago, for a read of it that had begun; null when it is not known any more.</summary>
    public StoredVersion? FindPast(string bucket, string key, Generation generation) => past.Find(bucket, key, generation);

    /// <summary>Replaces the tags of a version. NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker.</summary>
    public Task<Outcome<CommittedVersion>> SetTagsAsync(
        long bucketId, string key, string? versionId, ImmutableSortedDictionary<string, string> tags, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m => VersionWrites.Change(m, bucketId, key, versionId, (mutation, row) => VersionWrites.SetTags(mutation, row, tags)), cancellationToken);

    /// <summary>Replaces the ACL of a version, as <see cref="BucketStore.SetAclAsync"/> that of a bucket. Errors as for tags.</summary>
    public Task<Outcome<CommittedVersion>> SetAclAsync(
        long bucketId, string key, string? versionId, CannedAcl acl, ImmutableArray<AclGrant>? grants, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m => VersionWrites.Change(m, bucketId, key, versionId, (mutation, row) => VersionWrites.SetAcl(mutation, row, acl, grants)),
            cancellationToken);

    /// <summary>Replaces the retention of a version as <see cref="VersionLocks"/> lets it; AccessDenied otherwise. Further errors as for tags.</summary>
    public Task<Outcome<CommittedVersion>> SetRetentionAsync(
        long bucketId, string key, string? versionId, ObjectRetention? retention, bool bypassGovernance, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m => VersionWrites.Change(
                m, bucketId, key, versionId, (mutation, row) => VersionLocks.SetRetention(mutation, row, retention, bypassGovernance)),
            cancellationToken);

    /// <summary>Begins or ends the legal hold of a version. Errors as for tags.</summary>
    public Task<Outcome<CommittedVersion>> SetLegalHoldAsync(
        long bucketId, string key, string? versionId, bool isOn, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m => VersionWrites.Change(m, bucketId, key, versionId, (mutation, row) => VersionLocks.SetLegalHold(mutation, row, isOn)),
            cancellationToken);

    /// <summary>
    /// Makes a version, replacing or keeping the one before as the bucket's versioning says. NoSuchBucket, NoSuchKey or PreconditionFailed
    /// as the condition says; ServiceUnavailable when it could not be made durable. The blobs of a refused version are the caller's to
    /// delete, except after ServiceUnavailable, whose outcome only a restart decides: they are left to orphan collection.
    /// </summary>
    public Task<Outcome<CommittedVersion>> PutAsync(NewVersion version, WriteCondition condition, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m =>
            {
                var committed = VersionWrites.Put(m, version, version.Segments.Sum(static s => s.PlainLength), condition, out var row);
                if (committed.Succeeded)
                {
                    BlobWrites.AttachToVersion(m, row, version.Segments);
                }

                return committed;
            },
            cancellationToken);

    /// <summary>
    /// Makes a version and deletes the current one of another key, together. NoSuchKey when that is gone, OperationAborted when it is another meanwhile;
    /// further errors as of <see cref="PutAsync"/>.
    /// </summary>
    public Task<Outcome<CommittedVersion>> RenameAsync(
        NewVersion target, string sourceKey, Generation source, WriteCondition condition, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m =>
            {
                if (VersionRows.FindUntagged(m.Sql, target.BucketId, sourceKey, versionId: null).Facts is not { IsDeleteMarker: false } current)
                {
                    return S3ErrorCode.NoSuchKey;
                }

                if (current.Generation != source)
                {
                    return S3ErrorCode.OperationAborted;
                }

                var committed = VersionWrites.Put(m, target, target.Segments.Sum(static s => s.PlainLength), condition, out var row);
                if (!committed.Succeeded)
                {
                    return committed;
                }

                BlobWrites.AttachToVersion(m, row, target.Segments);
                var deleted = VersionWrites.DeleteCurrent(m, target.BucketId, sourceKey, WriteCondition.None);
                return deleted.Succeeded ? committed.Value with { Sequence = deleted.Value.Sequence } : deleted.Error;
            },
            cancellationToken);

    /// <summary>
    /// Deletes a key (making a delete marker where versions are kept) or, given a version id, removes that version for good.
    /// What is not there is deleted successfully; what a lock protects is AccessDenied.
    /// </summary>
    public Task<Outcome<DeletedVersion>> DeleteAsync(
        long bucketId, string key, string? versionId, WriteCondition condition, CancellationToken cancellationToken, bool bypassGovernance = false) =>
        writer.RunAsync(
            m => string.IsNullOrEmpty(versionId)
                ? VersionWrites.DeleteCurrent(m, bucketId, key, condition)
                : VersionWrites.DeleteNamed(m, bucketId, key, versionId, condition, bypassGovernance),
            cancellationToken);

    /// <summary>Lists current objects (ListObjects v1 and v2).</summary>
    public Task<ObjectListPage> ListAsync(ObjectListQuery query, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => sql.Snapshot(s => VersionListing.Objects(s, query)), cancellationToken);

    /// <summary>Lists versions and delete markers.</summary>
    public Task<VersionListPage> ListVersionsAsync(VersionListQuery query, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => sql.Snapshot(s => VersionListing.Versions(s, query)), cancellationToken);

    private static VersionLookup Find(SqlSession sql, long bucketId, string key, string? versionId, bool withSegments)
    {
        var (row, facts, asOf) = VersionRows.Find(sql, bucketId, key, versionId);
        return facts is null
            ? new VersionLookup(null, asOf)
            : new VersionLookup(new StoredVersion(facts, withSegments && facts.Size > 0 ? VersionRows.Segments(sql, row) : []), asOf);
    }
}
