namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>
/// Adds what a bucket's owner configured beside access and versioning, as the JSON of <see cref="Shared.Replication.BucketConfigurations"/>
/// (NULL: nothing), and how far background workers came: a text of the worker's own for each of its scopes.
/// </summary>
internal static class SchemaVersion6
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        "ALTER TABLE buckets ADD COLUMN configurations TEXT",
        """
        CREATE TABLE positions (
          worker TEXT NOT NULL,
          scope TEXT NOT NULL,
          position TEXT NOT NULL,
          PRIMARY KEY (worker, scope))
        """,
    ];
}
