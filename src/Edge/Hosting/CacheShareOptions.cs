using System.Globalization;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Hosting;

/// <summary>
/// What an organization, by who owns the buckets, is sure of in the cache and held to. Both are a percentage of the capacity of all drives (<c>12.5%</c>) or a
/// size in the form of <see cref="EdgeOptions.CacheSize"/>. Above some four fifths of the capacity, floors and pins together leave the log too little
/// room to be kept to the byte.
/// </summary>
public sealed class CacheShareOptions
{
    /// <summary>The organization's id.</summary>
    public string Organization { get; set; } = string.Empty;

    /// <summary>As long as it has no more than this, its chunks outlive others' in the cache; 0: nothing.</summary>
    public string Floor { get; set; } = "0";

    /// <summary>It never has more than this: beyond, its own oldest chunks give way first. Empty: no cap.</summary>
    public string Cap { get; set; } = string.Empty;

    /// <summary>Reads a percentage or a size as a part of the capacity, 0 to 1; false when it is none.</summary>
    internal static bool TryParse(string text, long capacity, out double share)
    {
        share = 0;
        if (text.EndsWith('%'))
        {
            if (!double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
                return false;

            share = percent / 100;
        }
        else if (ByteSize.TryParse(text, out var bytes))
        {
            share = (double)bytes / capacity;
        }
        else
        {
            return false;
        }

        return share is >= 0 and <= 1;
    }
}
