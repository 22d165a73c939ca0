using System.Collections.Immutable;

namespace EdgeCache.Origin.Catalog;

/// <summary>The versions of objects.</summary>
internal sealed class VersionStore
{
    /// <summary>The current version of a key (which may be a delete marker), or the one named; with its segments unless told otherwise.</summary>
    /// <param name="bucketId">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="versionId">A version id, <c>null</c> (the text) for the null version; null or empty for the current version.</param>
    /// <param name="withSegments">False for a HEAD, which needs no bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<VersionLookup> FindAsync(
        long bucketId, string key, string? versionId, bool withSegments, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The tags of a version; empty when it has none or does not exist.</summary>
    public Task<ImmutableSortedDictionary<string, string>> FindTagsAsync(
        long bucketId, string key, string? versionId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Makes a version, replacing or keeping the one before as the bucket's versioning says. NoSuchBucket, NoSuchKey or PreconditionFailed
    /// as the condition says; ServiceUnavailable when it could not be made durable. The blobs of a refused version are the caller's to
    /// delete, except after ServiceUnavailable, whose outcome only a restart decides: they are left to orphan collection.
    /// </summary>
    public Task<Outcome<CommittedVersion>> PutAsync(NewVersion version, WriteCondition condition, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Deletes a key (making a delete marker where versions are kept) or, given a version id, removes that version for good.
    /// What is not there is deleted successfully.
    /// </summary>
    public Task<Outcome<DeletedVersion>> DeleteAsync(
        long bucketId, string key, string? versionId, WriteCondition condition, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Lists current objects (ListObjects v1 and v2).</summary>
    public Task<ObjectListPage> ListAsync(ObjectListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Lists versions and delete markers.</summary>
    public Task<VersionListPage> ListVersionsAsync(VersionListQuery query, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
