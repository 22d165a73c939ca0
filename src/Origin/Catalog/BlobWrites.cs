using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>Ownership of blobs, inside a mutation.</summary>
internal static class BlobWrites
{
    /// <summary>Gives fresh blobs to a version.</summary>
    public static void AttachToVersion(Mutation m, long versionRow, ImmutableArray<BlobSegment> segments)
    {
        for (var i = 0; i < segments.Length; i++)
        {
            m.Sql.Execute(
                """
                INSERT INTO blobs (blob_id, size, version_row, part_number, position, content_row, envelope)
                VALUES (@blob, @size, @row, 0, @position, @content, @envelope)
                """,
                ("blob", RowCodec.Bytes(segments[i].Blob.Value)), ("size", segments[i].Length), ("row", versionRow), ("position", i),
                ("content", InsertContent(m, segments[i])), ("envelope", segments[i].Envelope));
        }
    }

    /// <summary>Gives fresh blobs to a part.</summary>
    public static void AttachToPart(Mutation m, long uploadRow, int partNumber, ImmutableArray<BlobSegment> segments)
    {
        for (var i = 0; i < segments.Length; i++)
        {
            m.Sql.Execute(
                """
                INSERT INTO blobs (blob_id, size, upload_row, part_number, position, content_row, envelope)
                VALUES (@blob, @size, @row, @part, @position, @content, @envelope)
                """,
                ("blob", RowCodec.Bytes(segments[i].Blob.Value)), ("size", segments[i].Length), ("row", uploadRow), ("part", partNumber),
                ("position", i), ("content", InsertContent(m, segments[i])), ("envelope", segments[i].Envelope));
        }
    }

    /// <summary>Gives all blobs that an upload still has to a version: their part numbers keep them in order.</summary>
    public static void MoveToVersion(Mutation m, long uploadRow, long versionRow) =>
        m.Sql.Execute(
            "UPDATE blobs SET version_row = @version, upload_row = NULL WHERE upload_row = @upload", ("version", versionRow), ("upload", uploadRow));

    /// <summary>Gives the blobs of a part to the garbage.</summary>
    public static void ReleasePart(Mutation m, long uploadRow, int partNumber) =>
        m.Sql.Execute(
            "UPDATE blobs SET upload_row = NULL, released_at = @now WHERE upload_row = @upload AND part_number = @part",
            ("now", m.NowMilliseconds), ("upload", uploadRow), ("part", partNumber));

    /// <summary>Gives all blobs of an upload to the garbage.</summary>
    public static void ReleaseUpload(Mutation m, long uploadRow) =>
        m.Sql.Execute(
            "UPDATE blobs SET upload_row = NULL, released_at = @now WHERE upload_row = @upload", ("now", m.NowMilliseconds), ("upload", uploadRow));

    /// <summary>Forgets a blob that was given to the garbage, with its bytes when they are here; returns how many there were.</summary>
    public static int Forget(Mutation m, BlobId blob)
    {
        var id = RowCodec.Bytes(blob.Value);
        m.Sql.Execute(
            "DELETE FROM small_blobs WHERE content_row = (SELECT content_row FROM blobs WHERE blob_id = @blob AND released_at IS NOT NULL)", ("blob", id));
        return m.Sql.Execute("DELETE FROM blobs WHERE blob_id = @blob AND released_at IS NOT NULL", ("blob", id));
    }

    /// <summary>Stores the bytes of a small blob; returns their row, null for a file.</summary>
    private static long? InsertContent(Mutation m, BlobSegment segment) =>
        segment.Content is { } content
            ? m.Sql.Integer("INSERT INTO small_blobs (content) VALUES (@content) RETURNING content_row", ("content", content))
            : null;
}
