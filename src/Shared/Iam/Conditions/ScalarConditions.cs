using System.Collections.Immutable;
using System.Text;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary><c>Bool</c>.</summary>
internal sealed class BoolCondition(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<bool> values) : Condition(key, modifiers)
{
    protected override bool HasFixedValues => false;

    public static bool TryParse(string text, out bool value) => bool.TryParse(text, out value) && text.Trim().Length == text.Length;

    protected override bool MatchesAny(in ConditionValue value) => TryParse(value.Text, out var flag) && values.Contains(flag);
}

/// <summary><c>BinaryEquals</c>: the request's value, byte for byte, against values in Base64.</summary>
internal sealed class BinaryCondition(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<byte[]> values) : Condition(key, modifiers)
{
    protected override bool HasFixedValues => true;

    public static bool TryParse(string text, out byte[] value)
    {
        value = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, value, out var length))
        {
            return false;
        }

        value = value[..length];
        return true;
    }

    protected override bool MatchesAny(in ConditionValue value)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(value.Text);
        foreach (var each in values)
        {
            if (bytes.SequenceEqual(each))
            {
                return true;
            }
        }

        return false;
    }
}
