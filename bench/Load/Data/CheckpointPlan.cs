namespace EdgeCache.Load.Data;

/// <summary>
/// The tensors of a sharded checkpoint of an exact size: the layers of a transformer in BF16, dealt to the shards in order, and in each shard
/// a byte tensor that fills it up to its share.
/// </summary>
internal sealed record CheckpointPlan(ulong Seed, IReadOnlyList<IReadOnlyList<TensorSpec>> Shards)
{
    /// <summary>The most shards, so that a shard's number keeps five digits.</summary>
    public const int MaxShards = 99_999;

    private const int SmallestHidden = 16;
    private const int LargestHidden = 8192;

    /// <summary>The name of the index file beside the shards.</summary>
    public const string IndexName = "model.safetensors.index.json";

    /// <summary>The key of the header's metadata under which each shard tells the seed that it was made with.</summary>
    public const string SeedMetadata = "edgecache.seed";

    /// <summary>The bytes of all tensors, headers not counted.</summary>
    public long TotalSize => Shards.Sum(shard => shard.Sum(tensor => tensor.ByteLength));

    /// <summary>A plan of exactly <paramref name="size"/> tensor bytes.</summary>
    public static CheckpointPlan Create(long size, int shards, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shards, MaxShards);
        var hidden = SmallestHidden;
        while (hidden < LargestHidden && Layer(0, hidden * 2).Sum(tensor => tensor.ByteLength) <= size / shards / 4)
        {
            hidden *= 2;
        }

        var layer = 0;
        var waiting = new Queue<TensorSpec>();
        var plan = new List<IReadOnlyList<TensorSpec>>();
        for (var i = 0; i < shards; i++)
        {
            var room = (size * (i + 1) / shards) - (size * i / shards);
            var tensors = new List<TensorSpec>();
            while (true)
            {
                if (waiting.Count == 0)
                {
                    Layer(layer++, hidden).ForEach(waiting.Enqueue);
                }

                if (waiting.Peek().ByteLength > room)
                {
                    break;
                }

                tensors.Add(waiting.Dequeue());
                room -= tensors[^1].ByteLength;
            }

            if (room > 0)
            {
                tensors.Add(new TensorSpec($"model.buffers.{i}", "U8", [room]));
            }

            plan.Add(tensors);
        }

        return new CheckpointPlan(seed, plan);
    }

    /// <summary>The file name of a shard, counted from 0: <c>model-00001-of-00008.safetensors</c>.</summary>
    public static string ShardName(int shard, int shards) => $"model-{shard + 1:D5}-of-{shards:D5}.safetensors";

    private static List<TensorSpec> Layer(int layer, int hidden)
    {
        var prefix = $"model.layers.{layer}";
        return
        [
            new($"{prefix}.input_layernorm.weight", "BF16", [hidden]),
            new($"{prefix}.self_attn.q_proj.weight", "BF16", [hidden, hidden]),
            new($"{prefix}.self_attn.k_proj.weight", "BF16", [hidden / 4, hidden]),
            new($"{prefix}.self_attn.v_proj.weight", "BF16", [hidden / 4, hidden]),
            new($"{prefix}.self_attn.o_proj.weight", "BF16", [hidden, hidden]),
            new($"{prefix}.post_attention_layernorm.weight", "BF16", [hidden]),
            new($"{prefix}.mlp.gate_proj.weight", "BF16", [hidden * 3, hidden]),
            new($"{prefix}.mlp.up_proj.weight", "BF16", [hidden * 3, hidden]),
            new($"{prefix}.mlp.down_proj.weight", "BF16", [hidden, hidden * 3]),
        ];
    }
}
