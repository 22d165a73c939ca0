namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>Adds the retention that a bucket gives to new versions; the columns of the locks themselves are in the first schema.</summary>
internal static class SchemaVersion5
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        "ALTER TABLE buckets ADD COLUMN retention_mode INTEGER",
        "ALTER TABLE buckets ADD COLUMN retention_days INTEGER",
        "ALTER TABLE buckets ADD COLUMN retention_years INTEGER",
    ];
}
