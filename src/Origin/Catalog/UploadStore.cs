using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog;

/// <summary>Multipart uploads.</summary>
internal sealed class UploadStore(CatalogWriter writer, ReaderPool readers)
{
    /// <summary>The smallest size of every part but the last, in bytes.</summary>
    public const long MinPartSize = 5L << 20;

    /// <summary>The greatest part number, and so the number of parts.</summary>
    public const int MaxPartNumber = 10_000;

    /// <summary>How long a completed upload answers a repeated completion.</summary>
    public static readonly TimeSpan CompletionMemory = TimeSpan.FromHours(24);

    /// <summary>Begins an upload.</summary>
    public Task<Outcome<StoredUpload>> CreateAsync(NewUpload upload, CancellationToken cancellationToken) =>
        writer.RunAsync(m => UploadWrites.Create(m, upload), cancellationToken);

    /// <summary>The upload; null when there is none of that id for the key. A completed one is found for a day.</summary>
    public Task<StoredUpload?> FindAsync(long bucketId, string key, string uploadId, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => UploadRows.Find(sql, bucketId, key, uploadId)?.Upload, cancellationToken);

    /// <summary>Stores a part, replacing one of the same number. NoSuchUpload when the upload is not in progress. Blobs as for a version.</summary>
    public Task<Outcome<StoredPart>> PutPartAsync(NewPart part, CancellationToken cancellationToken) =>
        writer.RunAsync(m => UploadWrites.PutPart(m, part), cancellationToken);

    /// <summary>The parts with numbers greater than <paramref name="partNumberMarker"/>. NoSuchUpload when the upload is not in progress.</summary>
    public Task<Outcome<PartPage>> ListPartsAsync(
        long bucketId, string key, string uploadId, int partNumberMarker, int max, CancellationToken cancellationToken) =>
        readers.ReadAsync<Outcome<PartPage>>(
            sql => sql.Snapshot<Outcome<PartPage>>(s =>
            {
                if (UploadRows.FindActive(s, bucketId, key, uploadId) is not { } upload)
                {
                    return S3ErrorCode.NoSuchUpload;
                }

                var parts = UploadRows.Parts(s, upload.Id, partNumberMarker, max + 1);
                var truncated = parts.Count > max;
                return new PartPage(upload.Upload, truncated ? parts[..max] : parts, truncated && max > 0);
            }),
            cancellationToken);

    /// <summary>
    /// Makes the object of its parts without copying a byte. NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, what
    /// <see cref="UploadCompletion.Seal"/> returns, or as <see cref="VersionStore.PutAsync"/>. Repeated within
    /// <see cref="CompletionMemory"/> it returns what it returned before. Parts not named are deleted.
    /// </summary>
    public Task<Outcome<CommittedVersion>> CompleteAsync(UploadCompletion completion, CancellationToken cancellationToken) =>
        writer.RunAsync(m => UploadWrites.Complete(m, completion), cancellationToken);

    /// <summary>Ends an upload and deletes its parts; null on success, NoSuchUpload when it is not in progress.</summary>
    public async Task<S3Error?> AbortAsync(long bucketId, string key, string uploadId, CancellationToken cancellationToken) =>
        (await writer.RunAsync(m => UploadWrites.Abort(m, bucketId, key, uploadId), cancellationToken)).Error;

    /// <summary>Lists the uploads in progress.</summary>
    public Task<UploadListPage> ListAsync(UploadListQuery query, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => sql.Snapshot(s => UploadListing.Uploads(s, query)), cancellationToken);
}
