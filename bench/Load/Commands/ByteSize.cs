using System.CommandLine;
using System.Globalization;

namespace EdgeCache.Load.Commands;

/// <summary>A positive size as people write it: <c>4096</c>, <c>64KiB</c>, <c>4GiB</c>; binary units only.</summary>
internal readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Suffix, int Shift)[] Units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    /// <summary>Parses a size; false for anything that is not a positive number with or without a unit.</summary>
    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        var digits = text.AsSpan().Trim();
        var shift = 0;
        foreach (var unit in Units)
        {
            if (digits.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase))
            {
                digits = digits[..^unit.Suffix.Length].TrimEnd();
                shift = unit.Shift;
                break;
            }
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0
            || number > long.MaxValue >> shift)
        {
            return false;
        }

        size = new ByteSize(number << shift);
        return true;
    }

    /// <summary>An option that takes a size.</summary>
    public static Option<ByteSize> Option(string name, long defaultValue, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        DefaultValueFactory = _ => new ByteSize(defaultValue),
        CustomParser = result =>
        {
            if (!TryParse(result.Tokens[0].Value, out var size))
            {
                result.AddError($"{name}: '{result.Tokens[0].Value}' is not a size such as 4096, 64KiB or 4GiB.");
            }

            return size;
        },
    };

    /// <summary>The size in the largest unit that divides it: <c>1GiB</c>.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (suffix, shift) = Units.First(unit => (bytes & ((1L << unit.Shift) - 1)) == 0);
        return $"{bytes >> shift}{suffix}";
    }
}
