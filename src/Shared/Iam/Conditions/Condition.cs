namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>
/// One line of a statement's Condition, compiled: an operator, a key, and the values that will do
/// (<see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">condition operators</see>).
/// </summary>
internal abstract class Condition(ConditionKey key, OperatorModifiers modifiers)
{
    protected ConditionKey Key => key;

    /// <summary>
    /// Whether the condition lets only callers of fixed values of a trusted key through, so that its statement is not public.
    /// </summary>
    public bool Narrows => key.IsTrusted && modifiers is { IsNegated: false, IfExists: false, Quantifier: not Quantifier.ForAllValues } && HasFixedValues;

    protected abstract bool HasFixedValues { get; }

    /// <summary>Whether the request meets the condition.</summary>
    public virtual bool IsMet(in EvaluationContext context)
    {
        if (!key.TryRead(context, out var value))
        {
            return IsMetByAbsence;
        }

        return value.IsMany ? IsMetByMany(value) : MatchesAny(value) != modifiers.IsNegated;
    }

    /// <summary>Whether the value matches one of the condition's values, before any negation. False for a value that the operator cannot read.</summary>
    protected abstract bool MatchesAny(in ConditionValue value);

    // IfExists asks for nothing of an absent key; ForAllValues is met by an empty set, ForAnyValue by none; otherwise what is absent differs from everything.
    private bool IsMetByAbsence => modifiers.IfExists || modifiers.Quantifier switch
    {
        Quantifier.ForAllValues => true,
        Quantifier.ForAnyValue => false,
        Quantifier.None => modifiers.IsNegated,
    };

    private bool IsMetByMany(in ConditionValue set)
    {
        // Without a quantifier a set matches when one of its values does, and negation negates that.
        var (until, negateEach) = modifiers.Quantifier switch
        {
            Quantifier.ForAllValues => (false, modifiers.IsNegated),
            Quantifier.ForAnyValue => (true, modifiers.IsNegated),
            Quantifier.None => (true, false),
        };
        var found = !until;
        foreach (var each in set.Many)
        {
            if (MatchesAny(ConditionValue.Of(each)) != negateEach == until)
            {
                found = until;
                break;
            }
        }

        return modifiers.Quantifier == Quantifier.None ? found != modifiers.IsNegated : found;
    }
}

/// <summary>What surrounds an operator's base name.</summary>
/// <param name="IsNegated">Whether it is a <c>Not</c> operator: none of its values may match.</param>
/// <param name="IfExists">Whether an absent key meets it.</param>
/// <param name="Quantifier">How a key with a set of values is held against it.</param>
internal readonly record struct OperatorModifiers(bool IsNegated, bool IfExists, Quantifier Quantifier);

/// <summary>The set operators of IAM.</summary>
internal enum Quantifier
{
    None,
    ForAllValues,
    ForAnyValue,
}
