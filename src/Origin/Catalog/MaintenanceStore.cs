using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>What the background workers ask the catalog, in bounded batches.</summary>
internal sealed class MaintenanceStore(CatalogWriter writer, ReaderPool readers)
{
    /// <summary>Blobs that were given to the garbage before a time, oldest first.</summary>
    public Task<List<BlobSegment>> FindReleasedAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.All(
                "SELECT blob_id, size FROM blobs WHERE released_at IS NOT NULL AND released_at < @before ORDER BY released_at LIMIT @max",
                RowCodec.Segment, ("before", before.ToUnixTimeMilliseconds()), ("max", max)),
            cancellationToken);

    /// <summary>Forgets garbage whose files are gone.</summary>
    public Task<Outcome<TrimCount>> ForgetReleasedAsync(IReadOnlyList<BlobSegment> blobs, CancellationToken cancellationToken) =>
        writer.RunAsync<TrimCount>(
            m =>
            {
                var rows = 0;
                foreach (var blob in blobs)
                {
                    rows += m.Sql.Execute(
                        "DELETE FROM blobs WHERE blob_id = @blob AND released_at IS NOT NULL", ("blob", RowCodec.Bytes(blob.Blob.Value)));
                }

                return new TrimCount(rows);
            },
            cancellationToken);

    /// <summary>Those of the blobs that the catalog knows, as anything: of a version, of a part, or as garbage.</summary>
    public Task<HashSet<BlobId>> FindKnownAsync(IReadOnlyList<BlobId> blobs, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.Snapshot(s => blobs.Where(blob =>
                s.Integer("SELECT 1 FROM blobs WHERE blob_id = @blob", ("blob", RowCodec.Bytes(blob.Value))) is not null).ToHashSet()),
            cancellationToken);

    /// <summary>Removes the oldest records of the feed beyond a number to keep, at most <paramref name="max"/> of them. The newest always stays.</summary>
    public Task<Outcome<TrimCount>> TrimFeedAsync(long keep, int max, CancellationToken cancellationToken) =>
        writer.RunAsync<TrimCount>(
            m =>
            {
                // Sequences have no gaps worth counting: a rolled-back one is given out again.
                var oldest = m.Sql.Integer("SELECT MIN(sequence) FROM changes") ?? 0;
                var bound = Math.Min(oldest + max, m.Sequence - Math.Max(keep, 1) + 1);
                return new TrimCount(m.Sql.Execute("DELETE FROM changes WHERE sequence < @bound", ("bound", bound)));
            },
            cancellationToken);

    /// <summary>Forgets uploads that were completed before a time, at most <paramref name="max"/> of them.</summary>
    public Task<Outcome<TrimCount>> ForgetCompletedUploadsAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        writer.RunAsync<TrimCount>(
            m => new TrimCount(m.Sql.Execute(
                    """
                    DELETE FROM uploads WHERE upload_row IN (
                      SELECT upload_row FROM uploads WHERE completed_at IS NOT NULL AND completed_at < @before ORDER BY completed_at LIMIT @max)
                    """,
                    ("before", before.ToUnixTimeMilliseconds()), ("max", max))),
            cancellationToken);
}

/// <summary>What a trimming did.</summary>
/// <param name="Rows">The rows that it removed.</param>
internal sealed record TrimCount(int Rows);
