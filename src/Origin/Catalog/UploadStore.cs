namespace EdgeCache.Origin.Catalog;

/// <summary>Multipart uploads.</summary>
internal sealed class UploadStore
{
    /// <summary>The smallest size of every part but the last, in bytes.</summary>
    public const long MinPartSize = 5L << 20;

    /// <summary>The greatest part number, and so the number of parts.</summary>
    public const int MaxPartNumber = 10_000;

    /// <summary>Begins an upload.</summary>
    public Task<Outcome<StoredUpload>> CreateAsync(NewUpload upload, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The upload; null when there is none of that id for the key. A completed one is found for a day.</summary>
    public Task<StoredUpload?> FindAsync(long bucketId, string key, string uploadId, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Stores a part, replacing one of the same number. NoSuchUpload when the upload is not in progress. Blobs as for a version.</summary>
    public Task<Outcome<StoredPart>> PutPartAsync(NewPart part, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The parts with numbers greater than <paramref name="partNumberMarker"/>. NoSuchUpload when the upload is not in progress.</summary>
    public Task<Outcome<PartPage>> ListPartsAsync(
        long bucketId, string key, string uploadId, int partNumberMarker, int max, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Makes the object of its parts without copying a byte. NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, what
    /// <see cref="UploadCompletion.Seal"/> returns, or as <see cref="VersionStore.PutAsync"/>. Repeated within a day it returns what it
    /// returned before. Parts not named are deleted.
    /// </summary>
    public Task<Outcome<CommittedVersion>> CompleteAsync(UploadCompletion completion, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Ends an upload and deletes its parts; null on success, NoSuchUpload when it is not in progress.</summary>
    public Task<Shared.S3.S3Error?> AbortAsync(long bucketId, string key, string uploadId, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Lists the uploads in progress.</summary>
    public Task<UploadListPage> ListAsync(UploadListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();
}
