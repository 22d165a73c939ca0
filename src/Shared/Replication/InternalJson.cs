using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Shared.Replication;

/// <summary>
/// The JSON of the API between tiers, the one serializer of both ends: camel-case names, enums by name, generations in their text form,
/// byte arrays in base64.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    Converters = [typeof(GenerationJsonConverter), typeof(HeaderDictionaryJsonConverter)])]
[JsonSerializable(typeof(FeedFrame))]
[JsonSerializable(typeof(BucketFacts))]
[JsonSerializable(typeof(BucketConfigurations))]
[JsonSerializable(typeof(VersionFacts))]
[JsonSerializable(typeof(ResolveReply))]
[JsonSerializable(typeof(ObjectsReply))]
[JsonSerializable(typeof(SigningKeyReply))]
[JsonSerializable(typeof(BucketUsage))]
[JsonSerializable(typeof(RegionUsage))]
[JsonSerializable(typeof(Iam.Principal))]
[JsonSerializable(typeof(DirectoryEntry))]
[JsonSerializable(typeof(OrganizationFacts))]
[JsonSerializable(typeof(IReadOnlyList<DirectoryEntry>))]
public sealed partial class InternalJson : JsonSerializerContext;

/// <summary>Writes a generation as its 32 hexadecimal characters.</summary>
public sealed class GenerationJsonConverter : JsonConverter<Generation>
{
    /// <inheritdoc/>
    public override Generation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Generation.TryParse(reader.GetString(), out var generation) ? generation : throw new JsonException("Not a generation.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Generation value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Reads and writes stored headers as a JSON object, keeping their case-insensitive order.</summary>
public sealed class HeaderDictionaryJsonConverter : JsonConverter<ImmutableSortedDictionary<string, string>>
{
    /// <inheritdoc/>
    public override ImmutableSortedDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Headers must be an object.");
        }

        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            builder[name] = reader.Read() ? reader.GetString() ?? string.Empty : throw new JsonException("A header has no value.");
        }

        return builder.ToImmutable();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, text) in value)
        {
            writer.WriteString(name, text);
        }

        writer.WriteEndObject();
    }
}
