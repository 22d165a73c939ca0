namespace EdgeCache.Load.Data;

/// <summary>Writes a planned checkpoint shard after shard through one buffer, whatever the size.</summary>
internal static class CheckpointWriter
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes shards and index into <paramref name="directory"/>, which is made if absent; files of the same names are replaced.</summary>
    public static async Task WriteAsync(CheckpointPlan plan, string directory, IProgress<string> progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var metadata = new Dictionary<string, string> { ["format"] = "pt", [CheckpointPlan.SeedMetadata] = $"{plan.Seed}" };
        var buffer = new byte[BufferSize];
        for (var i = 0; i < plan.Shards.Count; i++)
        {
            var name = CheckpointPlan.ShardName(i, plan.Shards.Count);
            var header = new SafetensorsHeader(plan.Shards[i], metadata);
            var file = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            await using (file)
            {
                await file.WriteAsync(header.Encode(), cancellation);
                foreach (var tensor in header.Tensors)
                {
                    await WriteTensorAsync(file, SeededBytes.For(plan.Seed, tensor.Name), tensor.ByteLength, buffer, cancellation);
                }
            }

            progress.Report($"{name}  {header.Tensors.Count} tensors, {header.DataLength} bytes");
        }

        CheckpointIndex.Of(plan).Write(Path.Combine(directory, CheckpointPlan.IndexName));
    }

    private static async Task WriteTensorAsync(Stream file, SeededBytes content, long length, byte[] buffer, CancellationToken cancellation)
    {
        for (var position = 0L; position < length;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - position));
            content.Read(position, part.Span);
            await file.WriteAsync(part, cancellation);
            position += part.Length;
        }
    }
}
