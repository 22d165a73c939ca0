using System.Globalization;

namespace EdgeCache.Edge.Commands;

/// <summary>Sizes, durations and shares for people.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A number of bytes in the unit that leaves one to four digits: <c>13.4 GiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? bytes.ToString("0", CultureInfo.InvariantCulture) : bytes.ToString("0.0", CultureInfo.InvariantCulture))} {Units[unit]}");
    }

    public static string Rate(double? bytesPerSecond) => bytesPerSecond is { } rate ? Bytes(rate) + "/s" : "-";

    public static string Duration(double? seconds) => seconds is { } left
        ? TimeSpan.FromSeconds(Math.Ceiling(left)).ToString(left < 86_400 ? @"hh\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture)
        : "-";

    /// <summary>How much of a whole, in per cent; all of nothing is 100.</summary>
    public static double Percent(long part, long whole) => whole == 0 ? 100 : 100.0 * part / whole;
}
