using System.Globalization;

namespace EdgeCache.Shared.Replication;

/// <summary>What a number in a bucket's usage measures; the control plane's API shows these numbers as <c>measurementType</c>.</summary>
public enum UsageMeasurement
{
    /// <summary>Bytes stored (<see cref="BucketUsage.Bytes"/>).</summary>
    Bytes = 0,

    /// <summary>Objects stored (<see cref="BucketUsage.Objects"/>).</summary>
    Objects = 1,
}

/// <summary>Writes measurements for people.</summary>
public static class UsageText
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A number of bytes with the greatest binary unit of which there is at least one, e.g. <c>1.5 GiB</c>; whole below 1 KiB.</summary>
    /// <param name="bytes">0 or more.</param>
    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1024 && unit < s_units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {s_units[unit]}");
    }

    /// <summary>A number of objects with its thousands set apart, e.g. <c>1,234 objects</c>.</summary>
    /// <param name="count">0 or more.</param>
    public static string Objects(long count) => count == 1 ? "1 object" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} objects");
}
