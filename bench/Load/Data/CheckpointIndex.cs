using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Load.Data;

/// <summary>The index beside the shards: the bytes of all tensors, and which file holds which tensor.</summary>
internal sealed record CheckpointIndex(
    [property: JsonPropertyName("metadata")] CheckpointIndex.Totals Metadata,
    [property: JsonPropertyName("weight_map")] SortedDictionary<string, string> WeightMap)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public sealed record Totals([property: JsonPropertyName("total_size")] long TotalSize);

    public static CheckpointIndex Of(CheckpointPlan plan)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Shards.Count; i++)
        {
            foreach (var tensor in plan.Shards[i])
            {
                map.Add(tensor.Name, CheckpointPlan.ShardName(i, plan.Shards.Count));
            }
        }

        return new CheckpointIndex(new Totals(plan.TotalSize), map);
    }

    /// <summary>Reads an index; throws <see cref="FormatException"/> when it is none.</summary>
    public static CheckpointIndex Read(string path)
    {
        try
        {
            var index = JsonSerializer.Deserialize<CheckpointIndex>(File.ReadAllBytes(path));
            return index is { Metadata: not null, WeightMap: not null } ? index : throw new FormatException("metadata or weight_map is missing");
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public void Write(string path) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, Indented));
}
