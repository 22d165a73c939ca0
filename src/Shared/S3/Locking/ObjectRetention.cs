using System.Globalization;

namespace EdgeCache.Shared.S3.Locking;

/// <summary>Until when a version can't be deleted.</summary>
/// <param name="Mode">How strictly.</param>
/// <param name="RetainUntil">The end, whole milliseconds.</param>
public sealed record ObjectRetention(ObjectLockMode Mode, DateTimeOffset RetainUntil)
{
    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd", "yyyyMMdd'T'HHmmssK"];

    /// <summary>The end as headers have it, e.g. <c>2030-01-01T00:00:00.000Z</c>.</summary>
    public string RetainUntilText => RetainUntil.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether it still holds.</summary>
    public bool IsActive(DateTimeOffset now) => RetainUntil > now;

    /// <summary>Reads an end in ISO 8601.</summary>
    public static bool TryParseDate(string? text, out DateTimeOffset date)
    {
        var parsed = DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out date);
        date = parsed ? DateTimeOffset.FromUnixTimeMilliseconds(date.ToUnixTimeMilliseconds()) : default;
        return parsed;
    }
}
