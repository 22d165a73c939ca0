namespace EdgeCache.Load.Data;

/// <summary>An object that every server under test holds: its key, its size in bytes, and its content.</summary>
internal sealed record StoredObject(string Key, long Size, SeededBytes Content);

/// <summary>The objects of a comparison: one large one, and many of each small size so that no single one is hot.</summary>
internal sealed class DataSet
{
    /// <summary>The number of objects of each small size.</summary>
    public const int SmallObjects = 256;

    public DataSet(ulong seed, long largeSize)
    {
        Large = Make(seed, "large", largeSize);
        Medium = [.. Enumerable.Range(0, SmallObjects).Select(i => Make(seed, $"64k/{i}", 64 << 10))];
        Small = [.. Enumerable.Range(0, SmallObjects).Select(i => Make(seed, $"1k/{i}", 1 << 10))];
    }

    public StoredObject Large { get; }

    public IReadOnlyList<StoredObject> Medium { get; }

    public IReadOnlyList<StoredObject> Small { get; }

    public IEnumerable<StoredObject> All => [Large, .. Medium, .. Small];

    private static StoredObject Make(ulong seed, string key, long size) => new(key, size, SeededBytes.For(seed, key));
}
