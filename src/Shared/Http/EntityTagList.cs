namespace EdgeCache.Shared.Http;

/// <summary>
/// Matches an object's entity tag against <c>If-Match</c> and <c>If-None-Match</c> (RFC 9110 section 13.1): <c>*</c>, one tag or a list.
/// S3 clients send tags with and without quotes; both are taken.
/// </summary>
public static class EntityTagList
{
    /// <summary>Strong comparison, for <c>If-Match</c>: a weak tag never matches.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="etag">The current tag, without quotes.</param>
    public static bool MatchesStrongly(ReadOnlySpan<char> header, ReadOnlySpan<char> etag) => Matches(header, etag, weakToo: false);

    /// <summary>Weak comparison, for <c>If-None-Match</c>.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="etag">The current tag, without quotes.</param>
    public static bool MatchesWeakly(ReadOnlySpan<char> header, ReadOnlySpan<char> etag) => Matches(header, etag, weakToo: true);

    private static bool Matches(ReadOnlySpan<char> header, ReadOnlySpan<char> etag, bool weakToo)
    {
        if (header.Trim(" \t") is "*" or "\"*\"")
        {
            return true;
        }

        while (TryTakeTag(ref header, out var tag, out var isWeak))
        {
            if ((weakToo || !isWeak) && tag.SequenceEqual(etag))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryTakeTag(ref ReadOnlySpan<char> list, out ReadOnlySpan<char> tag, out bool isWeak)
    {
        tag = default;
        isWeak = false;
        list = list.TrimStart(" \t,");
        if (list.IsEmpty)
        {
            return false;
        }

        isWeak = list.StartsWith("W/", StringComparison.Ordinal);
        var rest = isWeak ? list[2..] : list;
        var isQuoted = rest.StartsWith('"');
        rest = isQuoted ? rest[1..] : rest;
        var end = rest.IndexOf(isQuoted ? '"' : ',');
        if (end < 0)
        {
            end = rest.Length;
        }

        tag = isQuoted ? rest[..end] : rest[..end].TrimEnd(" \t");
        list = rest[Math.Min(end + 1, rest.Length)..];
        return true;
    }
}
