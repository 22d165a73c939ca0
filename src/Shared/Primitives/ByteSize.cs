using System.Globalization;

namespace EdgeCache.Shared.Primitives;

/// <summary>A size as an operator writes it: <c>1048576</c>, <c>512MiB</c>, <c>20GiB</c>.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, int Shift)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];

    /// <summary>Reads a size in bytes; false when it is none, or over 2^63.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().Trim();
        var shift = 0;
        foreach (var (suffix, unitShift) in Units)
        {
            if (digits.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                digits = digits[..^suffix.Length].TrimEnd();
                shift = unitShift;
                break;
            }
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }

    /// <summary>A size in the largest unit that divides it: <c>1GiB</c>.</summary>
    public static string Format(long bytes)
    {
        foreach (var (suffix, shift) in Units.Reverse())
        {
            if (bytes != 0 && (bytes & ((1L << shift) - 1)) == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes >> shift}{suffix}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a size that was checked before.</summary>
    /// <exception cref="FormatException">It is no size.</exception>
    public static long Parse(string text) => TryParse(text, out var bytes) ? bytes : throw new FormatException($"'{text}' is not a size.");
}
