using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>Reads and writes rows of the table bucket_usage.</summary>
internal static class UsageRows
{
    /// <summary>Counts everything anew: bucket_id, versions, version_bytes, delete_markers, parts, part_bytes of every bucket.</summary>
    public const string Recount =
        """
        SELECT b.bucket_id, COALESCE(v.versions, 0), COALESCE(v.bytes, 0), COALESCE(v.markers, 0), COALESCE(p.parts, 0), COALESCE(p.bytes, 0)
        FROM buckets b
        LEFT JOIN (
          SELECT bucket_id, SUM(1 - is_delete_marker) AS versions, SUM(size) AS bytes, SUM(is_delete_marker) AS markers
          FROM versions GROUP BY bucket_id) v ON v.bucket_id = b.bucket_id
        LEFT JOIN (
          SELECT u.bucket_id, COUNT(*) AS parts, SUM(p.size) AS bytes
          FROM parts p JOIN uploads u ON u.upload_row = p.upload_row GROUP BY u.bucket_id) p ON p.bucket_id = b.bucket_id
        """;

    private const string Columns = "b.name, b.owner_id, u.versions, u.version_bytes, u.delete_markers, u.parts, u.part_bytes, b.strong_reads";
    private const string From = "FROM buckets b JOIN bucket_usage u ON u.bucket_id = b.bucket_id";

    /// <summary>The bytes of all buckets of an owner.</summary>
    public static long BytesOf(SqlSession sql, string owner) =>
        sql.Integer(
            "SELECT SUM(u.version_bytes + u.part_bytes) FROM buckets b JOIN bucket_usage u ON u.bucket_id = b.bucket_id WHERE b.owner_id = @owner",
            ("owner", owner)) ?? 0;

    /// <summary>The usage of a bucket; null when there is none of that name.</summary>
    public static BucketUsage? Find(SqlSession sql, string bucket) => sql.First($"SELECT {Columns} {From} WHERE b.name = @name", Read, ("name", bucket));

    /// <summary>The usage of an owner's buckets in the order of their names.</summary>
    public static List<BucketUsage> List(SqlSession sql, string owner) =>
        sql.All($"SELECT {Columns} {From} WHERE b.owner_id = @owner ORDER BY b.name", Read, ("owner", owner));

    /// <summary>Begins to count a new bucket.</summary>
    public static void Insert(SqlSession sql, long bucketId) =>
        sql.Execute(
            "INSERT INTO bucket_usage (bucket_id, versions, version_bytes, delete_markers, parts, part_bytes) VALUES (@bucket, 0, 0, 0, 0, 0)",
            ("bucket", bucketId));

    /// <summary>Forgets a bucket.</summary>
    public static void Delete(SqlSession sql, long bucketId) => sql.Execute("DELETE FROM bucket_usage WHERE bucket_id = @bucket", ("bucket", bucketId));

    /// <summary>Adds a change; nothing happens when the bucket was deleted in the meantime.</summary>
    public static void Add(SqlSession sql, long bucketId, in UsageChange change) =>
        sql.Execute(
            """
            UPDATE bucket_usage SET versions = versions + @versions, version_bytes = version_bytes + @bytes, delete_markers = delete_markers + @markers,
              parts = parts + @parts, part_bytes = part_bytes + @partbytes WHERE bucket_id = @bucket
            """,
            ("versions", change.Versions), ("bytes", change.VersionBytes), ("markers", change.DeleteMarkers), ("parts", change.Parts),
            ("partbytes", change.PartBytes), ("bucket", bucketId));

    private static BucketUsage Read(DbDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6))
        {
            StrongReads = r.GetInt32(7) != 0,
        };
}
