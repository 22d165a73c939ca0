using System.Collections.Immutable;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary><c>Null</c>: <c>true</c> asks that the key be absent, <c>false</c> that it be there.</summary>
internal sealed class NullCondition(ConditionKey key, ImmutableArray<bool> values) : Condition(key, default)
{
    protected override bool HasFixedValues => false;

    public override bool IsMet(in EvaluationContext context) => values.Contains(!Key.TryRead(context, out _));

    protected override bool MatchesAny(in ConditionValue value) => false;
}
