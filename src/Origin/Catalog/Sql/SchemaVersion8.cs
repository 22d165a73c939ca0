namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>
/// Adds encryption: of a blob its own key, sealed, which stays with the blob whoever owns it; of versions and uploads with whose key, and what a
/// customer's key is recognised by. Sizes are those of plain bytes, but for blobs, which are as long as what is stored.
/// </summary>
internal static class SchemaVersion8
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        "ALTER TABLE blobs ADD COLUMN envelope {bytes}",
        "ALTER TABLE versions ADD COLUMN encryption INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE versions ADD COLUMN key_check TEXT",
        "ALTER TABLE uploads ADD COLUMN encryption INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE uploads ADD COLUMN key_check TEXT",
        "ALTER TABLE buckets ADD COLUMN encryption INTEGER NOT NULL DEFAULT 0",
    ];
}
