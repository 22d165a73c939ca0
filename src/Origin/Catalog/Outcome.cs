using System.Diagnostics.CodeAnalysis;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog;

/// <summary>What came of an operation: a value, or the S3 error to answer.</summary>
/// <param name="Value">The value; of no meaning when there is an error.</param>
/// <param name="Error">The refusal; null on success.</param>
internal readonly record struct Outcome<T>(T? Value, S3Error? Error)
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>Success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Refusal.</summary>
    public static implicit operator Outcome<T>(S3Error error) => new(default, error);

    /// <summary>Refusal with the code's standard message.</summary>
    public static implicit operator Outcome<T>(S3ErrorCode code) => new(default, new S3Error(code));
}
