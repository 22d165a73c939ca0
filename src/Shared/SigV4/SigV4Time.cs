using System.Globalization;

namespace EdgeCache.Shared.SigV4;

/// <summary>The timestamps of signature version 4: ISO 8601 basic format, and the HTTP date that may stand in for it.</summary>
internal static class SigV4Time
{
    private const string BasicFormat = "yyyyMMdd'T'HHmmss'Z'";

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(BasicFormat, CultureInfo.InvariantCulture);

    /// <summary>Writes the UTC day, <c>yyyyMMdd</c>.</summary>
    public static bool TryFormatDay(DateTimeOffset time, Span<char> day) => 
        time.UtcDateTime is var date && ((date.Year * 10_000) + (date.Month * 100) + date.Day).TryFormat(day, out _, "D8", CultureInfo.InvariantCulture);

    /// <summary>Reads the basic format by its fixed places: every request has one, and the framework's parser takes as long as a third of a signature.</summary>
    public static bool TryParseBasic(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != 16 || text[8] != 'T' || text[15] != 'Z' ||
            !TryParse(text[..4], out var year) || !TryParse(text[4..6], out var month) || !TryParse(text[6..8], out var day) ||
            !TryParse(text[9..11], out var hour) || !TryParse(text[11..13], out var minute) || !TryParse(text[13..15], out var second) ||
            year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }

    public static bool TryParse(string text, out DateTimeOffset time) =>
        TryParseBasic(text, out time) || DateTimeOffset.TryParseExact(WithGmt(text), "r", CultureInfo.InvariantCulture, Utc, out time);

    // botocore writes the zone of a Date header as mail does (RFC 5322, section 3.3).
    private static string WithGmt(string text) =>
        text.EndsWith(" -0000", StringComparison.Ordinal) || text.EndsWith(" +0000", StringComparison.Ordinal) ? text[..^5] + "GMT" : text;
}
