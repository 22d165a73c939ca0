using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Simulator.Workloads;

/// <summary>A workload as a list of chunk reads in the order of time. It cuts objects as the product does.</summary>
internal sealed class AccessList
{
    /// <summary>The most chunk reads of one run: 24 bytes of memory each.</summary>
    public const int MaxAccesses = 100_000_000;

    private readonly Dictionary<string, int> _firstChunks = new(StringComparer.Ordinal);
    private readonly List<Access> _accesses = [];

    /// <summary>The reads, once <see cref="Sort"/> was called in the order of time.</summary>
    public IReadOnlyList<Access> Accesses => _accesses;

    /// <summary>The number of different chunks.</summary>
    public int Chunks { get; private set; }

    /// <summary>Adds the read of a whole object, its chunks spread evenly over <paramref name="duration"/> milliseconds.</summary>
    public void AddObject(string key, long size, long at, long duration, int reader)
    {
        var count = (int)((size + ChunkGeometry.PayloadSize - 1) / ChunkGeometry.PayloadSize);
        if (!_firstChunks.TryGetValue(key, out var first))
        {
            _firstChunks[key] = first = Chunks;
            Chunks += count;
        }

        if (_accesses.Count + (long)count > MaxAccesses)
            throw new InvalidDataException($"The workload has more than {MaxAccesses} chunk reads.");

        for (var index = 0; index < count; index++)
            _accesses.Add(new Access(at + (duration * index / count), first + index, ChunkGeometry.LengthOf(index, size), reader));
    }

    /// <summary>Brings the reads into the order of time; those of the same instant stay as they were added.</summary>
    public void Sort()
    {
        var sorted = _accesses.OrderBy(access => access.At).ToList();
        _accesses.Clear();
        _accesses.AddRange(sorted);
    }
}
