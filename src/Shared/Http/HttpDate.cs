using System.Globalization;

namespace EdgeCache.Shared.Http;

/// <summary>The dates of HTTP headers (RFC 9110 section 5.6.7): whole seconds, UTC.</summary>
public static class HttpDate
{
    private static readonly string[] Formats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'", // IMF-fixdate, the only form that is sent
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'", // RFC 850, obsolete
        "ddd MMM d HH:mm:ss yyyy", // asctime, obsolete
    ];

    /// <summary>IMF-fixdate, for example <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public static string Format(DateTimeOffset date) => date.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Parses any of the three forms of RFC 9110; a two-digit year is taken as 1950 to 2049.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out date);
}
