using System.Globalization;

namespace EdgeCache.Load.Data;

/// <summary>Checks a directory that holds a checkpoint: the format of every shard, the index against the shards, and every byte.</summary>
internal static class CheckpointVerifier
{
    private const int BufferSize = 1 << 20;
    private const string AllShards = "model-*.safetensors";

    /// <summary>What is wrong, a line each; nothing when the checkpoint is whole. <paramref name="seed"/> null: the one each shard names.</summary>
    public static async Task<IReadOnlyList<string>> VerifyAsync(string directory, ulong? seed, CancellationToken cancellation)
    {
        var faults = new List<string>();
        var indexPath = Path.Combine(directory, CheckpointPlan.IndexName);
        if (!File.Exists(indexPath))
        {
            return [$"{CheckpointPlan.IndexName}: not there"];
        }

        CheckpointIndex index;
        try
        {
            index = CheckpointIndex.Read(indexPath);
        }
        catch (FormatException e)
        {
            return [$"{CheckpointPlan.IndexName}: {e.Message}"];
        }

        var present = Directory.EnumerateFiles(directory, AllShards).Select(path => Path.GetFileName(path)).ToHashSet(StringComparer.Ordinal);
        var named = index.WeightMap.Values.ToHashSet(StringComparer.Ordinal);
        faults.AddRange(present.Except(named).Select(name => $"{name}: the index does not name it"));
        faults.AddRange(named.Except(present).Select(name => $"{name}: not there"));

        var total = 0L;
        foreach (var name in named.Intersect(present).Order(StringComparer.Ordinal))
        {
            await using var file = new FileStream(
                Path.Combine(directory, name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            SafetensorsHeader header;
            try
            {
                header = SafetensorsHeader.Read(file);
            }
            catch (FormatException e)
            {
                faults.Add($"{name}: {e.Message}");
                continue;
            }

            total += header.DataLength;
            var expected = index.WeightMap.Where(entry => entry.Value == name).Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            if (!expected.SetEquals(header.Tensors.Select(tensor => tensor.Name)))
            {
                faults.Add($"{name}: its tensors are not those that the index names");
            }

            faults.AddRange(await VerifyBytesAsync(name, file, header, seed, cancellation));
        }

        if (faults.Count == 0 && total != index.Metadata.TotalSize)
        {
            faults.Add($"{CheckpointPlan.IndexName}: total_size {index.Metadata.TotalSize}, the shards hold {total}");
        }

        return faults;
    }

    private static async Task<IReadOnlyList<string>> VerifyBytesAsync(
        string name, Stream file, SafetensorsHeader header, ulong? seed, CancellationToken cancellation)
    {
        if (seed is null)
        {
            if (!header.Metadata.TryGetValue(CheckpointPlan.SeedMetadata, out var text)
                || !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var own))
            {
                return [$"{name}: tells no seed; give it with --seed"];
            }

            seed = own;
        }

        var faults = new List<string>();
        var buffer = new byte[BufferSize];
        foreach (var tensor in header.Tensors)
        {
            var content = SeededBytes.For(seed.Value, tensor.Name);
            var whole = true;
            for (var position = 0L; position < tensor.ByteLength;)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, tensor.ByteLength - position));
                await file.ReadExactlyAsync(part, cancellation);
                if (whole && !content.Matches(position, part.Span))
                {
                    whole = false;
                    faults.Add($"{name}: {tensor.Name} differs within {part.Length} bytes from {position}");
                }

                position += part.Length;
            }
        }

        return faults;
    }
}
