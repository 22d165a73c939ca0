using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>
/// A bucket policy as a JSON string of its text. One that can't be read is kept as such, and denies: facts without their policy would allow too
/// much, and without any facts its owner could not mend it.
/// </summary>
internal sealed class BucketPolicyJsonConverter : JsonConverter<BucketPolicy>
{
    public override BucketPolicy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        BucketPolicy.Restore(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, BucketPolicy value, JsonSerializerOptions options) => writer.WriteStringValue(value.Json);
}

/// <summary>An access policy as a JSON string of its text; likewise.</summary>
internal sealed class AccessPolicyJsonConverter : JsonConverter<AccessPolicy>
{
    public override AccessPolicy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AccessPolicy.Restore(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, AccessPolicy value, JsonSerializerOptions options) => writer.WriteStringValue(value.Json);
}
