using System.Collections.Immutable;

namespace EdgeCache.Origin.Catalog;

/// <summary>The empty maps that all rows without metadata share.</summary>
internal static class StringMap
{
    /// <summary>No headers or metadata: names compare without regard to case.</summary>
    public static ImmutableSortedDictionary<string, string> Empty { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>No tags: names compare exactly.</summary>
    public static ImmutableSortedDictionary<string, string> EmptyTags { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
