using System.Data.Common;
using System.Text;
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

    internal const string CurrentAt = $"{CurrentFrom} AND object_key >= @from AND object_key < @end ORDER BY object_key LIMIT @limit";
    private const string CurrentAfter = $"{CurrentFrom} AND object_key > @from AND object_key < @end ORDER BY object_key LIMIT @limit";

    private const string AllFrom = $"SELECT {Columns} FROM versions WHERE bucket_id = @bucket";
    private const string AllOrder = "ORDER BY object_key, version_row DESC LIMIT @limit";
    internal const string AllAt = $"{AllFrom} AND object_key >= @from AND object_key < @end {AllOrder}";
    private const string AllAfter = $"{AllFrom} AND object_key > @from AND object_key < @end {AllOrder}";
    private const string AllOlder = $"{AllFrom} AND object_key = @key AND version_row < @row {AllOrder}";

    // The first key from @from on and, as long as keys have the delimiter behind the prefix (of @skip bytes), the first behind all that are rolled up with
    // the one before: a step of the index for each common prefix, however many keys lie below it. As bytes, since text would end at a NUL.
    private const string SkimStep =
        """
        AND object_key >= substr(CAST(k AS BLOB), 1, @skip + instr(substr(CAST(k AS BLOB), @skip + 1), CAST(@delimiter AS BLOB)) - 1) || @next
          AND object_key < @end ORDER BY object_key LIMIT 1), n + 1
        FROM skim WHERE n < @limit AND instr(substr(CAST(k AS BLOB), @skip + 1), CAST(@delimiter AS BLOB)) > 0)
        SELECT k FROM skim WHERE k IS NOT NULL
        """;

    private const string SkimStart = "AND object_key >= @from AND object_key < @end ORDER BY object_key LIMIT 1), 1 UNION ALL SELECT";
    private const string CurrentKey = "(SELECT object_key FROM versions WHERE bucket_id = @bucket AND is_latest = 1 AND is_delete_marker = 0";
    private const string AnyKey = "(SELECT object_key FROM versions WHERE bucket_id = @bucket";

    /// <summary>The keys that current objects' common prefixes begin with.</summary>
    internal const string SkimCurrent = $"WITH RECURSIVE skim(k, n) AS (SELECT {CurrentKey} {SkimStart} {CurrentKey} {SkimStep}";

    /// <summary>The keys that all versions' common prefixes begin with.</summary>
    internal const string SkimAll = $"WITH RECURSIVE skim(k, n) AS (SELECT {AnyKey} {SkimStart} {AnyKey} {SkimStep}";

    /// <summary>Lists current objects.</summary>
    public static ObjectListPage Objects(SqlSession sql, ObjectListQuery query)
    {
        var objects = new List<ListedVersion>();
        var walk = new ListingWalk(query.Prefix, query.Delimiter, query.MaxKeys);
        walk.StartAfter(query.After);
        walk.Run(
            w => Seek(sql, w, w.IsInclusive ? CurrentAt : CurrentAfter, query.BucketId, objects),
            w => Skim(sql, w, SkimCurrent, query.BucketId, query.Prefix, query.Delimiter));
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
        }, w => Skim(sql, w, SkimAll, query.BucketId, query.Prefix, query.Delimiter));
        return new VersionListPage(
            versions, walk.CommonPrefixes, walk.IsTruncated, walk.Last, walk.LastIsPrefix || versions.Count == 0 ? "" : versions[^1].VersionId);
    }

    private static void Seek(SqlSession sql, ListingWalk walk, string statement, long bucketId, List<ListedVersion> rows) =>
        sql.Each(
            statement, r => Add(walk, r, rows), ("bucket", bucketId), ("from", walk.From), ("end", walk.End), ("limit", walk.RowLimit));

    private static void Skim(SqlSession sql, ListingWalk walk, string statement, long bucketId, string prefix, string delimiter) =>
        sql.Each(
            statement, r => walk.Skim(r.GetString(0)),
            ("bucket", bucketId), ("from", walk.From), ("end", walk.End), ("skip", Encoding.UTF8.GetByteCount(prefix)), ("delimiter", delimiter),
            ("next", KeyOrder.EndOfPrefix(delimiter)), ("limit", walk.RowLimit));

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
