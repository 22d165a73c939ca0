using System.Collections.Immutable;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>The versions of objects.</summary>
internal sealed class VersionStore(CatalogWriter writer, ReaderPool readers)
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
            sql => withSegments ? sql.Snapshot(s => Find(s, bucketId, key, versionId, true)) : Find(sql, bucketId, key, versionId, false),
            cancellationToken);

    /// <summary>The tags of a version; empty when it has none or does not exist.</summary>
    public Task<ImmutableSortedDictionary<string, string>> FindTagsAsync(
        long bucketId, string key, string? versionId, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.Snapshot(s => VersionRows.Tags(s, VersionRows.Find(s, bucketId, key, versionId).Row)), cancellationToken);

    /// <summary>
    /// Makes a version, replacing or keeping the one before as the bucket's versioning says. NoSuchBucket, NoSuchKey or PreconditionFailed
    /// as the condition says; ServiceUnavailable when it could not be made durable. The blobs of a refused version are the caller's to
    /// delete, except after ServiceUnavailable, whose outcome only a restart decides: they are left to orphan collection.
    /// </summary>
    public Task<Outcome<CommittedVersion>> PutAsync(NewVersion version, WriteCondition condition, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m =>
            {
                var committed = VersionWrites.Put(m, version, version.Segments.Sum(static s => s.Length), condition, out var row);
                if (committed.Succeeded)
                {
                    BlobWrites.AttachToVersion(m, row, version.Segments);
                }

                return committed;
            },
            cancellationToken);

    /// <summary>
    /// Deletes a key (making a delete marker where versions are kept) or, given a version id, removes that version for good.
    /// What is not there is deleted successfully.
    /// </summary>
    public Task<Outcome<DeletedVersion>> DeleteAsync(
        long bucketId, string key, string? versionId, WriteCondition condition, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m => string.IsNullOrEmpty(versionId)
                ? VersionWrites.DeleteCurrent(m, bucketId, key, condition)
                : VersionWrites.DeleteNamed(m, bucketId, key, versionId, condition),
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
