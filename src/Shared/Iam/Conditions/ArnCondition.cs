using System.Collections.Immutable;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>
/// <c>ArnEquals</c>, <c>ArnLike</c> and their negations, which behave alike: each of the six parts of an ARN matches for itself, so that no wildcard
/// reaches beyond its colon.
/// </summary>
internal sealed class ArnCondition(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<ImmutableArray<WildcardPattern>> patterns)
    : Condition(key, modifiers)
{
    /// <summary>How many parts an ARN has: <c>arn:partition:service:region:account:resource</c>.</summary>
    public const int Parts = 6;

    protected override bool HasFixedValues => patterns.All(static parts => parts.All(static part => part.IsFixed));

    /// <summary>Compiles an ARN with wildcards; false when it has too few parts.</summary>
    public static bool TryCompile(string text, out ImmutableArray<WildcardPattern> parts)
    {
        var split = text.Split(':', Parts);
        parts = [.. split.Select(static part => new WildcardPattern(part))];
        return split.Length == Parts && parts[0].IsMatch("arn");
    }

    protected override bool MatchesAny(in ConditionValue value)
    {
        ReadOnlySpan<char> text = value.Text;
        Span<Range> ranges = stackalloc Range[Parts];
        if (text.Split(ranges, ':') != Parts)
        {
            return false;
        }

        foreach (var parts in patterns)
        {
            var matches = true;
            for (var i = 0; i < Parts && matches; i++)
            {
                matches = parts[i].IsMatch(text[ranges[i]]);
            }

            if (matches)
            {
                return true;
            }
        }

        return false;
    }
}
