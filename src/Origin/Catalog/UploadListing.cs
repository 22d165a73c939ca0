using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>The listing of uploads in progress, as index seeks in one snapshot.</summary>
internal static class UploadListing
{
    private const string From = $"SELECT {UploadRows.Columns} FROM uploads WHERE bucket_id = @bucket AND completed_at IS NULL";
    private const string Order = "ORDER BY object_key, upload_id LIMIT @limit";
    private const string At = $"{From} AND object_key >= @from AND object_key < @end {Order}";
    private const string After = $"{From} AND object_key > @from AND object_key < @end {Order}";
    private const string Later = $"{From} AND object_key = @key AND upload_id > @upload {Order}";

    /// <summary>Lists uploads in progress.</summary>
    public static UploadListPage Uploads(SqlSession sql, UploadListQuery query)
    {
        var uploads = new List<StoredUpload>();
        var walk = new ListingWalk(query.Prefix, query.Delimiter, query.MaxUploads);
        walk.StartAfter(query.KeyMarker);
        var marker = query.UploadIdMarker.Length > 0 && walk.From == query.KeyMarker && !walk.IsInclusive &&
            query.KeyMarker.StartsWith(query.Prefix, StringComparison.Ordinal);
        walk.Run(w =>
        {
            if (marker)
            {
                marker = false;
                sql.Each(
                    Later, r => Add(w, r, uploads),
                    ("bucket", query.BucketId), ("key", query.KeyMarker), ("upload", query.UploadIdMarker), ("limit", w.RowLimit));
            }

            if (!w.IsTruncated && !w.IsSkipping)
            {
                sql.Each(
                    w.IsInclusive ? At : After, r => Add(w, r, uploads),
                    ("bucket", query.BucketId), ("from", w.From), ("end", w.End), ("limit", w.RowLimit));
            }
        });
        return new UploadListPage(
            uploads, walk.CommonPrefixes, walk.IsTruncated, walk.Last, walk.LastIsPrefix || uploads.Count == 0 ? "" : uploads[^1].UploadId);
    }

    private static bool Add(ListingWalk walk, DbDataReader row, List<StoredUpload> uploads)
    {
        if (!walk.Visit(row.GetString(0)))
        {
            return false;
        }

        uploads.Add(UploadRows.ReadUpload(row));
        return true;
    }
}
