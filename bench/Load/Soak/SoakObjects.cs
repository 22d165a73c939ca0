using System.Buffers.Binary;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Soak;

/// <summary>An object of a soak whose bytes follow from its key and version.</summary>
/// <param name="Key">The key.</param>
/// <param name="Size">Its length, in bytes.</param>
internal sealed record SoakObject(string Key, int Size);

/// <summary>
/// The objects of a soak: many that never change, twice as much as the cache holds, from a kilobyte to 48 MiB; and some that are overwritten all the
/// time, whose first eight bytes are the version's number and whose others follow from it.
/// </summary>
internal sealed class SoakObjects
{
    /// <summary>The length of a version's number, in bytes.</summary>
    public const int VersionLength = sizeof(long);

    private const int SmallObjects = 400;
    private const int ChangingObjects = 24;

    private static readonly int[] LargeSizes = [48 << 20, 20_000_003, 9_000_001, 4 << 20, 1_000_000, 300_000];

    private readonly ulong _seed;

    public SoakObjects(int seed, long cacheSize)
    {
        _seed = (ulong)seed;
        var random = new Random(seed);
        var constant = Enumerable.Range(0, SmallObjects).Select(i => new SoakObject($"small/{i}", random.Next(1, 128 << 10))).ToList();
        for (long total = 0, i = 0; total < 2 * cacheSize; i++)
        {
            constant.Add(new SoakObject($"large/{i}", LargeSizes[i % LargeSizes.Length]));
            total += constant[^1].Size;
        }

        Constant = constant;
        Changing = [.. Enumerable.Range(0, ChangingObjects).Select(i => new SoakObject($"changing/{i}", random.Next(VersionLength, 6_000_000)))];
    }

    /// <summary>Those that never change.</summary>
    public IReadOnlyList<SoakObject> Constant { get; }

    /// <summary>Those that are overwritten.</summary>
    public IReadOnlyList<SoakObject> Changing { get; }

    /// <summary>The bytes of a constant object.</summary>
    public SeededBytes ContentOf(SoakObject item) => SeededBytes.For(_seed, item.Key);

    /// <summary>The body of a version of a changing object.</summary>
    public byte[] BodyOf(SoakObject item, long version)
    {
        var body = new byte[item.Size];
        SeededBytes.For(_seed, $"{item.Key}@{version}").Read(0, body);
        BinaryPrimitives.WriteInt64LittleEndian(body, version);
        return body;
    }

    /// <summary>The version whose body this is; null when it is none, or a mix of several.</summary>
    public long? VersionOf(SoakObject item, ReadOnlySpan<byte> body)
    {
        if (body.Length != item.Size)
        {
            return null;
        }

        var version = BinaryPrimitives.ReadInt64LittleEndian(body);
        return SeededBytes.For(_seed, $"{item.Key}@{version}").Matches(VersionLength, body[VersionLength..]) ? version : null;
    }
}
