using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>A bucket policy as a JSON string of its text. One that cannot be read ends the reading: facts without their policy would allow too much.</summary>
internal sealed class BucketPolicyJsonConverter : JsonConverter<BucketPolicy>
{
    public override BucketPolicy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        BucketPolicy.TryRestore(reader.GetString() ?? string.Empty, out var policy) is { } problem
            ? throw new JsonException($"Not a bucket policy: {problem}")
            : policy!;

    public override void Write(Utf8JsonWriter writer, BucketPolicy value, JsonSerializerOptions options) => writer.WriteStringValue(value.Json);
}

/// <summary>An access policy as a JSON string of its text; likewise.</summary>
internal sealed class AccessPolicyJsonConverter : JsonConverter<AccessPolicy>
{
    public override AccessPolicy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AccessPolicy.TryParse(reader.GetString() ?? string.Empty, out var policy) is { } problem
            ? throw new JsonException($"Not an access policy: {problem}")
            : policy!;

    public override void Write(Utf8JsonWriter writer, AccessPolicy value, JsonSerializerOptions options) => writer.WriteStringValue(value.Json);
}
