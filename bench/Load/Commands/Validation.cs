using System.CommandLine;
using System.Globalization;

namespace EdgeCache.Load.Commands;

/// <summary>Bounds of numeric options.</summary>
internal static class Validation
{
    /// <summary>Refuses values outside of <paramref name="minimum"/> to <paramref name="maximum"/>, both allowed.</summary>
    public static Option<T> Within<T>(this Option<T> option, T minimum, T maximum)
        where T : struct, IComparable<T>, IParsable<T>
    {
        option.Validators.Add(result =>
        {
            // A value that does not parse has its own error already.
            if (result.Tokens.Count == 1 && T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value)
                && (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0))
            {
                result.AddError($"{option.Name} must be from {minimum} to {maximum}.");
            }
        });
        return option;
    }
}
