using System.Text.Json.Serialization.Metadata;

namespace EdgeCache.Edge.Administration;

/// <summary>What a handler of the admin API answers; written once the record of the action is kept.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The document; null for none.</param>
/// <param name="Type">How it is written.</param>
internal sealed record AdminAnswer(int Status, object? Body, JsonTypeInfo? Type)
{
    public static AdminAnswer Empty { get; } = new(StatusCodes.Status204NoContent, null, null);

    public static AdminAnswer Ok<T>(T body, JsonTypeInfo<T> type) => new(StatusCodes.Status200OK, body, type);

    public static AdminAnswer Accepted<T>(T body, JsonTypeInfo<T> type) => new(StatusCodes.Status202Accepted, body, type);
}
