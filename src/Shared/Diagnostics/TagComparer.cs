using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace EdgeCache.Shared.Diagnostics;

/// <summary>
/// Finds the series of a measurement by its tags without allocating: the tags arrive as a span, the stored ones are arrays. Their order makes no
/// difference.
/// </summary>
internal sealed class TagComparer : IEqualityComparer<Tag[]>, IAlternateEqualityComparer<ReadOnlySpan<Tag>, Tag[]>
{
    public static readonly TagComparer Instance = new();

    public bool Equals(Tag[]? x, Tag[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals((ReadOnlySpan<Tag>)x, y));

    public int GetHashCode(Tag[] obj) => GetHashCode((ReadOnlySpan<Tag>)obj);

    public bool Equals(ReadOnlySpan<Tag> alternate, Tag[] other)
    {
        if (alternate.Length != other.Length)
        {
            return false;
        }

        for (var i = 0; i < alternate.Length; i++)
        {
            // Instruments name their tags in the same order every time, so the first comparison nearly always decides.
            if (!Same(alternate[i], other[i]) && !Contains(other, alternate[i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(ReadOnlySpan<Tag> alternate)
    {
        var sum = 0;
        foreach (var tag in alternate)
        {
            sum = unchecked(sum + HashCode.Combine(tag.Key, tag.Value));
        }

        return sum;
    }

    public Tag[] Create(ReadOnlySpan<Tag> alternate) => alternate.ToArray();

    private static bool Contains(Tag[] tags, Tag wanted) => Array.Exists(tags, tag => Same(tag, wanted));

    private static bool Same(Tag x, Tag y) => x.Key == y.Key && Equals(x.Value, y.Value);
}
