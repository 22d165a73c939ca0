using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>What a request has for a condition key, in the form in which it was at hand: text is made of the other forms only when an operator asks for it.</summary>
internal readonly struct ConditionValue
{
    private readonly string? _text;
    private readonly ImmutableArray<string> _many;

    private ConditionValue(string? text, IPAddress? address, DateTimeOffset? time, ImmutableArray<string> many) =>
        (_text, Address, Time, _many) = (text, address, time, many);

    /// <summary>The address, if the value is one.</summary>
    public IPAddress? Address { get; }

    /// <summary>The time, if the value is one.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>Whether the key has a set of values, all texts.</summary>
    public bool IsMany => !_many.IsDefault;

    public ImmutableArray<string> Many => _many;

    /// <summary>The value as text.</summary>
    public string Text => _text ?? Address?.ToString() ?? Time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? string.Empty;

    public static ConditionValue Of(string text) => new(text, null, null, default);

    public static ConditionValue Of(IPAddress address) => new(null, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, null, default);

    public static ConditionValue Of(DateTimeOffset time) => new(null, null, time.ToUniversalTime(), default);

    public static ConditionValue Of(ImmutableArray<string> many) => new(null, null, null, many);
}
