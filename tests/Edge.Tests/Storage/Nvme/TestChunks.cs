using System.Runtime.InteropServices;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using FASTER.core;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

/// <summary>Chunks whose every byte follows from a seed and their number, so that nothing needs to be remembered to verify them.</summary>
internal static class TestChunks
{
    /// <summary>A small store: seven segments of 8 MiB, that is at most 14 full chunks.</summary>
    public const long SmallCapacity = 64L << 20;

    public static ChunkId Id(int seed, int number) => new(new Generation((ulong)seed << 32 | 0xC0FFEE, (ulong)number * 0x9E3779B97F4A7C15), number % 7);

    /// <summary>From one byte to a full chunk; the edges of blocks and chunks come up often.</summary>
    public static int Length(int seed, int number) => new Random(HashCode.Combine(seed, number)).Next(8) switch
    {
        0 => 1,
        1 => ChunkGeometry.BlockSize,
        2 => ChunkGeometry.BlockSize + 1,
        3 => ChunkGeometry.PayloadSize,
        4 => ChunkGeometry.PayloadSize - 1,
        _ => new Random(HashCode.Combine(seed, number, 1)).Next(1, ChunkGeometry.PayloadSize),
    };

    public static byte[] Bytes(int seed, int number, int? length = null)
    {
        var bytes = new byte[length ?? Length(seed, number)];
        // SplitMix64: a seeded Random takes most of a test's time.
        var state = ((ulong)seed << 32) + (ulong)number;
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan()))
            word = Next();
        bytes.AsSpan(bytes.Length & ~7).Fill((byte)Next());
        return bytes;

        ulong Next()
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    public static ChunkStoreOptions Options(string directory, long capacity = SmallCapacity) => new() { Directory = directory, CapacityBytes = capacity };

    public static Task<ChunkStore> OpenAsync(string directory, long capacity = SmallCapacity) => OpenAsync(Options(directory, capacity));

    public static Task<ChunkStore> OpenAsync(ChunkStoreOptions options, TimeProvider? time = null) =>
        ChunkStore.OpenAsync(options, time ?? TimeProvider.System, NullLoggerFactory.Instance, null, null, TestContext.Current.CancellationToken);

    public static async Task AppendAsync(this ChunkStore store, int seed, int number, int? length = null) =>
        Assert.True(await store.AppendAsync(Id(seed, number), Bytes(seed, number, length), TestContext.Current.CancellationToken), $"append {number}, seed {seed}");

    /// <summary>Whether the chunk is there; if it is, every byte of it must be right.</summary>
    public static async Task<bool> VerifyAsync(this ChunkStore store, int seed, int number, int? length = null)
    {
        if (!store.TryGet(Id(seed, number), out var lease))
            return false;

        using (lease)
        {
            var expected = Bytes(seed, number, length);
            Assert.Equal(expected.Length, lease.Length);
            var actual = new byte[lease.Length];
            Assert.True(await lease.ReadAsync(0, actual, TestContext.Current.CancellationToken), $"chunk {number} is damaged, seed {seed}");
            Assert.True(actual.AsSpan().SequenceEqual(expected), $"chunk {number} has other bytes, seed {seed}");
        }

        return true;
    }

    /// <summary>What was wanted survives as long as there is room for it.</summary>
    public static Survival Survivors(
        Func<StoredChunk, bool> isWanted, Func<StoredChunk, ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>>? destination = null) =>
        new(round => new SegmentJudge(chunk => round == RetentionRound.Wanted && isWanted(chunk) ? Fate.Survives : Fate.Goes), destination);

    /// <summary>The bytes of all files of a directory, which must stay under the capacity.</summary>
    public static long BytesOnDisk(string directory) =>
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(path =>
        {
            try
            {
                return new FileInfo(path).Length;
            }
            catch (FileNotFoundException)
            {
                return 0; // evicted since it was listed
            }
        });

    /// <summary>What a kill at this instant would leave: the files as they stand.</summary>
    public static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.EnumerateFiles(from).Where(path => Path.GetFileName(path) != "lock"))
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
    }

    /// <summary>Options whose device is wrapped for faults.</summary>
    public static ChunkStoreOptions WithDevice(this ChunkStoreOptions options, Func<string, IDevice, IDevice> wrap) => options with { WrapDevice = wrap };
}
