using System.Collections.Immutable;
using System.Globalization;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>How a request's number or time must stand to the condition's.</summary>
internal enum Ordering
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>The numeric operators. Numbers are decimal, so that what is written equal is equal.</summary>
internal sealed class NumericCondition(ConditionKey key, OperatorModifiers modifiers, Ordering ordering, ImmutableArray<decimal> values)
    : Condition(key, modifiers)
{
    protected override bool HasFixedValues => false;

    public static bool TryParse(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);

    /// <summary>Whether the outcome of a comparison is the one wanted.</summary>
    public static bool Holds(Ordering ordering, int comparison) => ordering switch
    {
        Ordering.Equal => comparison == 0,
        Ordering.Less => comparison < 0,
        Ordering.LessOrEqual => comparison <= 0,
        Ordering.Greater => comparison > 0,
        Ordering.GreaterOrEqual => comparison >= 0,
    };

    protected override bool MatchesAny(in ConditionValue value)
    {
        if (!TryParse(value.Text, out var number))
        {
            return false;
        }

        foreach (var each in values)
        {
            if (Holds(ordering, number.CompareTo(each)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The date operators: ISO 8601 (<c>2026-01-31</c>, <c>2026-01-31T12:00:00Z</c>) or seconds since 1970.</summary>
internal sealed class DateCondition(ConditionKey key, OperatorModifiers modifiers, Ordering ordering, ImmutableArray<DateTimeOffset> values)
    : Condition(key, modifiers)
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd", "yyyy-MM", "yyyyMMdd'T'HHmmssK",
    ];

    private static readonly long FirstSecond = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    protected override bool HasFixedValues => false;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        if (DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time))
        {
            return true;
        }

        var isEpoch = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) &&
            seconds >= FirstSecond && seconds <= LastSecond;
        time = isEpoch ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return isEpoch;
    }

    protected override bool MatchesAny(in ConditionValue value)
    {
        if (value.Time is not { } time && !TryParse(value.Text, out time))
        {
            return false;
        }

        foreach (var each in values)
        {
            if (NumericCondition.Holds(ordering, time.CompareTo(each)))
            {
                return true;
            }
        }

        return false;
    }
}
