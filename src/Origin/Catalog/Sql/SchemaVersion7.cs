namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>
/// Adds the bytes of small blobs: a row of <c>small_blobs</c> for each blob that has <c>content_row</c>, apart from <c>blobs</c> so that a
/// change of a blob's owner does not write its bytes again.
/// </summary>
internal static class SchemaVersion7
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        "CREATE TABLE small_blobs (content_row {identity}, content {bytes} NOT NULL)",
        "ALTER TABLE blobs ADD COLUMN content_row BIGINT",
    ];
}
