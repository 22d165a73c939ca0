namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>Adds whether edges revalidate a bucket's objects on every read.</summary>
internal static class SchemaVersion4
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } = ["ALTER TABLE buckets ADD COLUMN strong_reads INTEGER NOT NULL DEFAULT 0"];
}
