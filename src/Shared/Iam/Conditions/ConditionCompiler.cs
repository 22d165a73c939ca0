using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>Makes conditions of what a policy says: every operator of the IAM grammar, each with values of its type only.</summary>
internal static class ConditionCompiler
{
    private const string IfExistsSuffix = "IfExists";
    private const string ForAllValuesPrefix = "ForAllValues:";
    private const string ForAnyValuePrefix = "ForAnyValue:";

    private delegate Condition? Compile(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<string> values);

    private static readonly FrozenDictionary<string, (bool IsNegated, Compile Compile)> Operators = new Dictionary<string, (bool, Compile)>
    {
        ["StringEquals"] = (false, static (k, m, v) => new StringCondition(k, m, v, ignoreCase: false)),
        ["StringNotEquals"] = (true, static (k, m, v) => new StringCondition(k, m, v, ignoreCase: false)),
        ["StringEqualsIgnoreCase"] = (false, static (k, m, v) => new StringCondition(k, m, v, ignoreCase: true)),
        ["StringNotEqualsIgnoreCase"] = (true, static (k, m, v) => new StringCondition(k, m, v, ignoreCase: true)),
        ["StringLike"] = (false, Like),
        ["StringNotLike"] = (true, Like),
        ["NumericEquals"] = (false, Numeric(Ordering.Equal)),
        ["NumericNotEquals"] = (true, Numeric(Ordering.Equal)),
        ["NumericLessThan"] = (false, Numeric(Ordering.Less)),
        ["NumericLessThanEquals"] = (false, Numeric(Ordering.LessOrEqual)),
        ["NumericGreaterThan"] = (false, Numeric(Ordering.Greater)),
        ["NumericGreaterThanEquals"] = (false, Numeric(Ordering.GreaterOrEqual)),
        ["DateEquals"] = (false, Date(Ordering.Equal)),
        ["DateNotEquals"] = (true, Date(Ordering.Equal)),
        ["DateLessThan"] = (false, Date(Ordering.Less)),
        ["DateLessThanEquals"] = (false, Date(Ordering.LessOrEqual)),
        ["DateGreaterThan"] = (false, Date(Ordering.Greater)),
        ["DateGreaterThanEquals"] = (false, Date(Ordering.GreaterOrEqual)),
        ["Bool"] = (false, static (k, m, v) => TryParseAll<bool>(v, BoolCondition.TryParse, out var flags) ? new BoolCondition(k, m, flags) : null),
        ["BinaryEquals"] = (false, static (k, m, v) => TryParseAll<byte[]>(v, BinaryCondition.TryParse, out var bytes) ? new BinaryCondition(k, m, bytes) : null),
        ["IpAddress"] = (false, Address),
        ["NotIpAddress"] = (true, Address),
        ["ArnEquals"] = (false, Arn),
        ["ArnLike"] = (false, Arn),
        ["ArnNotEquals"] = (true, Arn),
        ["ArnNotLike"] = (true, Arn),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private delegate bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>The names of the operators, without prefixes and suffixes.</summary>
    public static IEnumerable<string> OperatorNames => Operators.Keys.Append("Null");

    /// <summary>Whether there is such an operator, with whatever prefix and suffix.</summary>
    public static bool IsOperator(string name) => name == "Null" || Operators.ContainsKey(Parse(name, out _));

    /// <summary>Makes a condition; null when a value is not of the operator's type.</summary>
    /// <param name="name">An operator, of which <see cref="IsOperator"/> is true.</param>
    /// <param name="key">The key.</param>
    /// <param name="values">The values, at least one.</param>
    public static Condition? TryCompile(string name, ConditionKey key, ImmutableArray<string> values)
    {
        if (name == "Null")
        {
            return TryParseAll<bool>(values, BoolCondition.TryParse, out var flags) ? new NullCondition(key, flags) : null;
        }

        var (isNegated, compile) = Operators[Parse(name, out var modifiers)];
        values = key.Source == ConditionKeySource.CopySource ? [.. values.Select(WithoutLeadingSlash)] : values;
        return compile(key, modifiers with { IsNegated = isNegated }, values);
    }

    private static string Parse(string name, out OperatorModifiers modifiers)
    {
        var quantifier = name.StartsWith(ForAllValuesPrefix, StringComparison.Ordinal) ? Quantifier.ForAllValues
            : name.StartsWith(ForAnyValuePrefix, StringComparison.Ordinal) ? Quantifier.ForAnyValue
            : Quantifier.None;
        name = quantifier switch
        {
            Quantifier.ForAllValues => name[ForAllValuesPrefix.Length..],
            Quantifier.ForAnyValue => name[ForAnyValuePrefix.Length..],
            Quantifier.None => name,
        };
        var ifExists = name.EndsWith(IfExistsSuffix, StringComparison.Ordinal);
        modifiers = new OperatorModifiers(IsNegated: false, ifExists, quantifier);
        return ifExists ? name[..^IfExistsSuffix.Length] : name;
    }

    private static StringLikeCondition Like(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<string> values) =>
        new(key, modifiers, [.. values.Select(static value => new WildcardPattern(value))]);

    private static Compile Numeric(Ordering ordering) => (key, modifiers, values) =>
        TryParseAll<decimal>(values, NumericCondition.TryParse, out var numbers) ? new NumericCondition(key, modifiers, ordering, numbers) : null;

    private static Compile Date(Ordering ordering) => (key, modifiers, values) =>
        TryParseAll<DateTimeOffset>(values, DateCondition.TryParse, out var times) ? new DateCondition(key, modifiers, ordering, times) : null;

    private static IpAddressCondition? Address(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<string> values) =>
        TryParseAll<IPNetwork>(values, IpAddressCondition.TryParse, out var networks) ? new IpAddressCondition(key, modifiers, networks) : null;

    private static ArnCondition? Arn(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<string> values) =>
        TryParseAll<ImmutableArray<WildcardPattern>>(values, ArnCondition.TryCompile, out var arns) ? new ArnCondition(key, modifiers, arns) : null;

    private static bool TryParseAll<T>(ImmutableArray<string> values, TryParse<T> parse, out ImmutableArray<T> parsed)
    {
        var builder = ImmutableArray.CreateBuilder<T>(values.Length);
        parsed = [];
        foreach (var value in values)
        {
            if (!parse(value, out var one))
            {
                return false;
            }

            builder.Add(one);
        }

        parsed = builder.MoveToImmutable();
        return true;
    }

    // A copy's source is written with and without its leading slash, by clients and in policies.
    private static string WithoutLeadingSlash(string value) => value.StartsWith('/') ? value[1..] : value;
}
