using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage.Pins;

/// <summary>The pins on disk: a JSON document, replaced as a whole.</summary>
internal static class PinFile
{
    /// <summary>Reads the pins; empty when there is no file, null when it is damaged.</summary>
    public static IReadOnlyList<Pin>? TryRead(string path)
    {
        if (AtomicFile.TryRead(path) is not { } bytes)
            return File.Exists(path) ? null : [];

        try
        {
            var document = JsonSerializer.Deserialize(bytes, PinJson.Default.PinDocument);
            return document?.Version != PinDocument.CurrentVersion ? null : document.Pins.ConvertAll(static entry => new Pin(
                entry.Bucket,
                entry.Key,
                entry.VersionId,
                Generation.TryParse(entry.Generation, out var generation) ? generation : throw new JsonException("A generation is no generation."),
                entry.Size,
                entry.Since,
                entry.ExpiresAt,
                entry.By));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the pins; false when the disk refuses.</summary>
    public static bool TryWrite(string path, IEnumerable<Pin> pins) => AtomicFile.TryWrite(path, JsonSerializer.SerializeToUtf8Bytes(
        new PinDocument(
            PinDocument.CurrentVersion,
            [.. pins.Select(static p => new PinEntry(p.Bucket, p.Key, p.VersionId, p.Generation.ToString(), p.Size, p.Since, p.ExpiresAt, p.By))]),
        PinJson.Default.PinDocument));
}

/// <summary>The document.</summary>
internal sealed record PinDocument([property: JsonRequired] int Version, [property: JsonRequired] List<PinEntry> Pins)
{
    public const int CurrentVersion = 1;
}

/// <summary>A pin in the document.</summary>
internal sealed record PinEntry(
    [property: JsonRequired] string Bucket,
    [property: JsonRequired] string Key,
    [property: JsonRequired] string VersionId,
    [property: JsonRequired] string Generation,
    [property: JsonRequired] long Size,
    [property: JsonRequired] DateTimeOffset Since,
    DateTimeOffset? ExpiresAt,
    [property: JsonRequired] string By);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PinDocument))]
internal sealed partial class PinJson : JsonSerializerContext;
