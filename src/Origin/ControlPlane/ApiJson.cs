using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>
/// The JSON of the control plane's API: camel-case names, times in UTC to the second. Requests are read strictly, so that a misspelt field is an
/// error and never a setting that silently did not happen: unknown and repeated fields, other types and other cases are refused.
/// </summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 32;
        options.Converters.Add(new TimeConverter());
    }

    /// <summary>Says what is wrong with a request's JSON in the words of its author, not of the serializer.</summary>
    public static string Describe(JsonException e)
    {
        var field = e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        if (field is not null && e.Message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return $"'{field}' is not a field of this request.";
        }

        if (e.Message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return field is null ? "The body must be a JSON object." : $"'{field}' has the wrong type.";
        }

        return e.Message.StartsWith("Duplicate property", StringComparison.Ordinal)
            ? "A field is given twice."
            : $"The body is not valid JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}).";
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
