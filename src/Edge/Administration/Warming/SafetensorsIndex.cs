using System.Text.Json;

namespace EdgeCache.Edge.Administration.Warming;

/// <summary>
/// The index of a model that is stored in several safetensors files: a JSON object whose <c>weight_map</c> tells of each tensor which file, beside the
/// index, has it (<see href="https://huggingface.co/docs/safetensors/metadata_parsing">safetensors</see>).
/// </summary>
internal static class SafetensorsIndex
{
    /// <summary>The largest index that is read, in bytes; those of models with a trillion parameters have some ten megabytes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The most files that an index may name.</summary>
    public const int MaxShards = 10_000;

    /// <summary>The keys of the files, in the order of their first mention.</summary>
    /// <param name="indexKey">The key of the index: its files lie beside it.</param>
    /// <param name="json">The index.</param>
    /// <exception cref="AdminException">It is no such index; the message says why.</exception>
    public static IReadOnlyList<string> Shards(string indexKey, ReadOnlyMemory<byte> json)
    {
        var directory = indexKey[..(indexKey.LastIndexOf('/') + 1)];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out var map) ||
                map.ValueKind != JsonValueKind.Object)
            {
                throw Bad(indexKey, "it has no object 'weight_map'");
            }

            var shards = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
            foreach (var tensor in map.EnumerateObject())
            {
                if (tensor.Value.ValueKind != JsonValueKind.String || tensor.Value.GetString() is not { Length: > 0 } file)
                {
                    throw Bad(indexKey, $"the file of tensor '{tensor.Name}' is not a name");
                }

                shards.TryAdd(directory + file, true);
                if (shards.Count > MaxShards)
                {
                    throw Bad(indexKey, $"it names more than {MaxShards} files");
                }
            }

            return shards.Count == 0 ? throw Bad(indexKey, "it names no file") : [.. shards.Keys];
        }
        catch (JsonException e)
        {
            throw Bad(indexKey, $"it is not JSON: {e.Message}");
        }
    }

    private static AdminException Bad(string key, string why) => AdminException.Invalid($"'{key}' is not a safetensors index: {why}.");
}
