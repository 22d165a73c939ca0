using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Origin.Catalog;

/// <summary>The listings of objects and versions, as index seeks in one snapshot.</summary>
internal static class VersionListing
{
    private const string Columns =
        """
        object_key, version_id, is_latest, is_delete_marker, size, etag, last_modified, storage_class, owner_id, checksum_algorithm, checksum_type
        """;

    // The terms on is_latest and is_delete_marker are those of the index versions_current, letter by letter.
    private const string CurrentFrom =
        $"SELECT {Columns} FROM versions WHERE bucket_id = @bucket AND is_latest = 1 AND is_delete_marker = 0";

    private const string CurrentAt = $"{CurrentFrom} AND object_key >= @from AND object_key < @end ORDER BY object_key LIMIT @limit";
    private const string CurrentAfter = $"{CurrentFrom} AND object_key > @from AND object_key < @end ORDER BY object_key LIMIT @limit";

    private const string AllFrom = $"SELECT {Columns} FROM versions WHERE bucket_id = @bucket";
    private const string AllOrder = "ORDER BY object_key, version_row DESC LIMIT @limit";
    private const string AllAt = $"{AllFrom} AND object_key >= @from AND object_key < @end {AllOrder}";
    private const string AllAfter = $"{AllFrom} AND object_key > @from AND object_key < @end {AllOrder}";
    private const string AllOlder = $"{AllFrom} AND object_key = @key AND version_row < @row {AllOrder}";

    /// <summary>Lists current objects.</summary>
    public static ObjectListPage Objects(SqlSession sql, ObjectListQuery query)
    {
        var objects = new List<ListedVersion>();
        var walk = new ListingWalk(query.Prefix, query.Delimiter, query.MaxKeys);
        walk.StartAfter(query.After);
        walk.Run(w => Seek(sql, w, w.IsInclusive ? CurrentAt : CurrentAfter, query.BucketId, objects));
        return new ObjectListPage(objects, walk.CommonPrefixes, walk.IsTruncated, walk.Last);
    }

    /// <summary>Lists all versions.</summary>
    public static VersionListPage Versions(SqlSession sql, VersionListQuery query)
    {
        var versions = new List<ListedVersion>();
        var walk = new ListingWalk(query.Prefix, query.Delimiter, query.MaxKeys);
        walk.StartAfter(query.KeyMarker);
        var marker = query.VersionIdMarker.Length > 0 && walk.From == query.KeyMarker && !walk.IsInclusive &&
            query.KeyMarker.StartsWith(query.Prefix, StringComparison.Ordinal) ? MarkerRow(sql, query) : null;
        walk.Run(w =>
        {
            if (marker is { } row)
            {
                marker = null;
                sql.Each(
                    AllOlder, r => Add(w, r, versions),
                    ("bucket", query.BucketId), ("key", query.KeyMarker), ("row", row), ("limit", w.RowLimit));
            }

            if (!w.IsTruncated && !w.IsSkipping)
            {
                Seek(sql, w, w.IsInclusive ? AllAt : AllAfter, query.BucketId, versions);
            }
        });
        return new VersionListPage(
            versions, walk.CommonPrefixes, walk.IsTruncated, walk.Last, walk.LastIsPrefix || versions.Count == 0 ? "" : versions[^1].VersionId);
    }

    private static void Seek(SqlSession sql, ListingWalk walk, string statement, long bucketId, List<ListedVersion> rows) =>
        sql.Each(
            statement, r => Add(walk, r, rows), ("bucket", bucketId), ("from", walk.From), ("end", walk.End), ("limit", walk.RowLimit));

    private static bool Add(ListingWalk walk, DbDataReader row, List<ListedVersion> rows)
    {
        if (!walk.Visit(row.GetString(0)))
        {
            return false;
        }

        rows.Add(Read(row));
        return true;
    }

    /// <summary>Where the version of a marker stands or, deleted meanwhile, stood: version ids of a key grow with its rows.</summary>
    private static long? MarkerRow(SqlSession sql, VersionListQuery query)
    {
        var row = sql.Integer(
            "SELECT version_row FROM versions WHERE bucket_id = @bucket AND object_key = @key AND version_id = @version",
            ("bucket", query.BucketId), ("key", query.KeyMarker), ("version", query.VersionIdMarker));
        return row ?? (Generation.TryParse(query.VersionIdMarker, out var generation)
            ? sql.Integer(
                "SELECT MAX(version_row) + 1 FROM versions WHERE bucket_id = @bucket AND object_key = @key AND generation < @generation",
                ("bucket", query.BucketId), ("key", query.KeyMarker), ("generation", RowCodec.Bytes(generation)))
            : null);
    }

    private static ListedVersion Read(DbDataReader r) => new(
        r.GetString(0), r.GetString(1), r.GetInt32(2) != 0, r.GetInt32(3) != 0, r.GetInt64(4), r.GetString(5),
        DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(6)), r.GetString(7), r.GetString(8),
        RowCodec.Enum<ChecksumAlgorithm>(r, 9), RowCodec.Enum<ChecksumType>(r, 10));
}
