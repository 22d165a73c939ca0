namespace EdgeCache.Shared.Http;

/// <summary>What a <c>Range</c> header asks for.</summary>
public enum RangeOutcome
{
    /// <summary>All of the object (200): no range, or one that a server ignores.</summary>
    Whole,

    /// <summary>One range of it (206).</summary>
    Partial,

    /// <summary>A range with no byte in the object (416).</summary>
    Unsatisfiable,
}

/// <summary>
/// Resolves the <c>Range</c> header against an object (RFC 9110 section 14.2). Like S3, it serves one range per request: a header with several
/// ranges, another unit or bad syntax is ignored.
/// </summary>
public static class RangeHeader
{
    private const string Unit = "bytes=";
    private const long Absent = -1;

    /// <summary>Resolves <paramref name="header"/> against an object of <paramref name="size"/> bytes.</summary>
    /// <param name="header">The header's value; null when the request has none.</param>
    /// <param name="size">The object's length in bytes.</param>
    /// <param name="range">The bytes to serve: all of them for <see cref="RangeOutcome.Whole"/>, none for <see cref="RangeOutcome.Unsatisfiable"/>.</param>
    public static RangeOutcome Resolve(string? header, long size, out ByteRange range)
    {
        range = new ByteRange(0, size);
        if (!TryParse(header, out var first, out var last))
        {
            return RangeOutcome.Whole;
        }

        if (first == Absent)
        {
            first = last >= size ? 0 : size - last;
            last = Absent;
        }

        if (first >= size)
        {
            range = default;
            return RangeOutcome.Unsatisfiable;
        }

        var end = last == Absent || last >= size ? size - 1 : last;
        range = new ByteRange(first, end - first + 1);
        return RangeOutcome.Partial;
    }

    /// <summary>
    /// The one range of a well-formed header. <paramref name="first"/> is absent for a suffix, whose length <paramref name="last"/> then is;
    /// <paramref name="last"/> is absent for a range that is open at its end.
    /// </summary>
    private static bool TryParse(string? header, out long first, out long last)
    {
        first = last = Absent;
        var text = header.AsSpan().Trim(" \t");
        if (!text.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        text = text[Unit.Length..].Trim(" \t");
        var dash = text.IndexOf('-');
        if (dash < 0)
        {
            return false;
        }

        var hasFirst = dash > 0;
        var hasLast = dash < text.Length - 1;
        if ((!hasFirst && !hasLast) || (hasFirst && !TryParsePosition(text[..dash], out first)) || (hasLast && !TryParsePosition(text[(dash + 1)..], out last)))
        {
            return false;
        }

        return !hasFirst || !hasLast || first <= last;
    }

    /// <summary>A run of digits; a number over <see cref="long.MaxValue"/> lies beyond any object and saturates there.</summary>
    private static bool TryParsePosition(ReadOnlySpan<char> text, out long position)
    {
        position = Absent;
        var value = 0L;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            var digit = c - '0';
            value = value > (long.MaxValue - digit) / 10 ? long.MaxValue : (value * 10) + digit;
        }

        position = value;
        return true;
    }
}
