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

    /// <summary>How many formatted dates are kept, each in the place that its second decides: objects that are read again and again have the same ones.</summary>
    private const int Kept = 1024;

    private static readonly Formatted?[] s_kept = new Formatted?[Kept];

    /// <summary>IMF-fixdate, for example <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public static string Format(DateTimeOffset date)
    {
        var second = date.UtcTicks / TimeSpan.TicksPerSecond;
        ref var place = ref s_kept[second % Kept];
        if (Volatile.Read(ref place) is { } kept && kept.Second == second)
        {
            return kept.Text;
        }

        var text = date.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture);
        Volatile.Write(ref place, new Formatted(second, text));
        return text;
    }

    /// <summary>Parses any of the three forms of RFC 9110; a two-digit year is taken as 1950 to 2049.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out date);

    private sealed record Formatted(long Second, string Text);
}
