using System.Globalization;

namespace EdgeCache.Shared.SigV4;

/// <summary>The timestamps of signature version 4: ISO 8601 basic format, and the HTTP date that may stand in for it.</summary>
internal static class SigV4Time
{
    private const string BasicFormat = "yyyyMMdd'T'HHmmss'Z'";

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(BasicFormat, CultureInfo.InvariantCulture);

    /// <summary>Writes the UTC day, <c>yyyyMMdd</c>.</summary>
    public static bool TryFormatDay(DateTimeOffset time, Span<char> day) => time.UtcDateTime.TryFormat(day, out _, "yyyyMMdd", CultureInfo.InvariantCulture);

    public static bool TryParseBasic(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, BasicFormat, CultureInfo.InvariantCulture, Utc, out time);

    public static bool TryParse(string text, out DateTimeOffset time) =>
        TryParseBasic(text, out time) || DateTimeOffset.TryParseExact(WithGmt(text), "r", CultureInfo.InvariantCulture, Utc, out time);

    // botocore writes the zone of a Date header as mail does (RFC 5322, section 3.3).
    private static string WithGmt(string text) =>
        text.EndsWith(" -0000", StringComparison.Ordinal) || text.EndsWith(" +0000", StringComparison.Ordinal) ? text[..^5] + "GMT" : text;
}
