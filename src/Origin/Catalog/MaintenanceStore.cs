using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>What the background workers ask the catalog, in bounded batches.</summary>
internal sealed class MaintenanceStore(CatalogWriter writer, ReaderPool readers)
{
    /// <summary>One page of so many may be free in the database file.</summary>
    private const int KeptFreeShare = 16;

    /// <summary>Blobs that were given to the garbage before a time, oldest first.</summary>
    public Task<List<ReleasedBlob>> FindReleasedAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.All(
                "SELECT blob_id, content_row FROM blobs WHERE released_at IS NOT NULL AND released_at < @before ORDER BY released_at LIMIT @max",
                static r => new ReleasedBlob(new BlobId(RowCodec.Generation16(r, 0)), IsFile: r.IsDBNull(1)), ("before", before.ToUnixTimeMilliseconds()), ("max", max)),
            cancellationToken);

    /// <summary>Forgets garbage whose files are gone, or whose bytes are in the catalog: they go with it.</summary>
    public Task<Outcome<TrimCount>> ForgetReleasedAsync(IReadOnlyList<BlobId> blobs, CancellationToken cancellationToken) =>
        writer.RunAsync<TrimCount>(m => new TrimCount(blobs.Sum(blob => BlobWrites.Forget(m, blob))), cancellationToken);

    /// <summary>
    /// Gives some space that deleted rows left in the database file back to the file system, 2 MiB at a time. A sixteenth of the file stays for what is
    /// written next, and all of it in a database that was made before this was foreseen. Returns how many pages went; 0 when it is done.
    /// </summary>
    public Task<Outcome<TrimCount>> ShrinkAsync(CancellationToken cancellationToken) =>
        writer.RunAsync<TrimCount>(static m => new TrimCount(SqliteDialect.Shrink(m.Sql, KeptFreeShare)), cancellationToken);

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

/// <summary>A blob that was given to the garbage.</summary>
/// <param name="Blob">Which.</param>
/// <param name="IsFile">Whether a file has its bytes, rather than the catalog.</param>
internal readonly record struct ReleasedBlob(BlobId Blob, bool IsFile);

/// <summary>What a trimming did.</summary>
/// <param name="Rows">The rows that it removed.</param>
internal sealed record TrimCount(int Rows);
