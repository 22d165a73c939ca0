using System.Collections.Immutable;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary><c>StringEquals</c>, <c>StringEqualsIgnoreCase</c> and their negations.</summary>
internal sealed class StringCondition(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<string> values, bool ignoreCase)
    : Condition(key, modifiers)
{
    private readonly StringComparison _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    protected override bool HasFixedValues => true;

    protected override bool MatchesAny(in ConditionValue value)
    {
        var text = value.Text;
        foreach (var each in values)
        {
            if (string.Equals(text, each, _comparison))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary><c>StringLike</c> and <c>StringNotLike</c>.</summary>
internal sealed class StringLikeCondition(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<WildcardPattern> patterns)
    : Condition(key, modifiers)
{
    protected override bool HasFixedValues => patterns.All(static pattern => pattern.IsFixed);

    protected override bool MatchesAny(in ConditionValue value)
    {
        var text = value.Text;
        foreach (var pattern in patterns)
        {
            if (pattern.IsMatch(text))
            {
                return true;
            }
        }

        return false;
    }
}
