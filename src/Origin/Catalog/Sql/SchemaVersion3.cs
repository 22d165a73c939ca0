namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>
/// Adds what a bucket's owner decides about access beside its ACL. The policy is kept as its text; public_access has a bit for each
/// member of <see cref="Shared.Iam.PublicAccessBlock"/> in their order. NULL everywhere: never configured.
/// </summary>
internal static class SchemaVersion3
{
    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        "ALTER TABLE buckets ADD COLUMN policy TEXT",
        "ALTER TABLE buckets ADD COLUMN public_access INTEGER",
        "ALTER TABLE buckets ADD COLUMN ownership INTEGER",
    ];
}
