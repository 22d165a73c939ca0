namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>Adds what every bucket holds, counted once from what is there; from then on each mutation keeps it.</summary>
internal static class SchemaVersion2
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        """
        CREATE TABLE bucket_usage (
          bucket_id BIGINT NOT NULL PRIMARY KEY,
          versions BIGINT NOT NULL,
          version_bytes BIGINT NOT NULL,
          delete_markers BIGINT NOT NULL,
          parts BIGINT NOT NULL,
          part_bytes BIGINT NOT NULL)
        """,
        $"INSERT INTO bucket_usage (bucket_id, versions, version_bytes, delete_markers, parts, part_bytes) {UsageRows.Recount}",
    ];
}
