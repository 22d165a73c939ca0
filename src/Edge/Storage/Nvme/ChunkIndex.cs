namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// Which chunks are stored, and where: a hash table in memory, in shards with a lock each. A chunk takes about 52 bytes, that is 13 MB per
/// TiB of full chunks.
/// </summary>
internal sealed class ChunkIndex
{
    private const int ShardBits = 4;

    private readonly Shard[] shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(_ => new Shard())];

    /// <summary>The number of chunks.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var shard in shards)
            {
                lock (shard.Gate)
                    count += shard.Chunks.Count;
            }

            return count;
        }
    }

    /// <summary>Finds a chunk.</summary>
    public bool TryGet(ChunkId id, out ChunkLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
            return shard.Chunks.TryGetValue(id, out location);
    }

    /// <summary>Adds a chunk, or moves it to a newer record.</summary>
    public void Set(ChunkId id, ChunkLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
            shard.Chunks[id] = location;
    }

    /// <summary>Drops a chunk.</summary>
    public bool Remove(ChunkId id)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
            return shard.Chunks.Remove(id);
    }

    /// <summary>Drops a chunk unless it has moved away from <paramref name="location"/> meanwhile.</summary>
    public bool Remove(ChunkId id, ChunkLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
            return shard.Chunks.TryGetValue(id, out var current) && current == location && shard.Chunks.Remove(id);
    }

    /// <summary>Drops the chunks that <paramref name="condition"/> names, and returns their number.</summary>
    public int RemoveWhere(Func<ChunkLocation, bool> condition)
    {
        var removed = 0;
        foreach (var shard in shards)
        {
            lock (shard.Gate)
            {
                foreach (var (id, location) in shard.Chunks)
                {
                    if (condition(location) && shard.Chunks.Remove(id))
                        removed++;
                }
            }
        }

        return removed;
    }

    /// <summary>Copies the whole table; each shard is consistent in itself.</summary>
    public List<KeyValuePair<ChunkId, ChunkLocation>> Snapshot()
    {
        var all = new List<KeyValuePair<ChunkId, ChunkLocation>>();
        foreach (var shard in shards)
        {
            lock (shard.Gate)
                all.AddRange(shard.Chunks);
        }

        return all;
    }

    private Shard ShardOf(ChunkId id) =>
        shards[(id.Generation.Low + (ulong)id.Index) * 0x9E3779B97F4A7C15 >> (64 - ShardBits)];

    private sealed class Shard
    {
        public Lock Gate { get; } = new();

        public Dictionary<ChunkId, ChunkLocation> Chunks { get; } = [];
    }
}
