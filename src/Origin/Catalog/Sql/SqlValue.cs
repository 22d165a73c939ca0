namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>A named parameter of a statement.</summary>
/// <param name="Name">The name without its <c>@</c>.</param>
/// <param name="Value">Its value: null, string, long, int or bytes.</param>
internal readonly record struct SqlValue(string Name, object? Value)
{
    /// <summary>Lets call sites write <c>("name", value)</c>.</summary>
    public static implicit operator SqlValue((string Name, object? Value) pair) => new(pair.Name, pair.Value);
}
