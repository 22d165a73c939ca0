using System.Numerics;
using EdgeCache.Shared.Checksums;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.Checksums;

public sealed class CrcTests(ITestOutputHelper output)
{
    private const uint Crc32Generator = 0xEDB88320;
    private const uint Crc32CGenerator = 0x82F63B78;
    private const ulong Crc64NvmeGenerator = 0x9A6C9329AC4BC9B5;

    [Fact]
    public void Check_values_are_those_of_the_catalogue()
    {
        var data = "123456789"u8;
        Assert.Equal(0xCBF43926u, Crc32.Append(0, data));
        Assert.Equal(0xE3069283u, Crc32C.Append(0, data));
        Assert.Equal(0xAE8B14860A799888ul, Crc64Nvme.Append(0, data));
    }

    [Fact]
    public void Published_vectors_agree()
    {
        // RFC 3720 section B.4 for CRC-32C; the NVM Command Set specification for CRC-64 over 4 KiB.
        Assert.Equal(0x8A9136AAu, Crc32C.Append(0, new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Append(0, Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Append(0, Enumerable.Range(0, 32).Select(static i => (byte)i).ToArray()));
        Assert.Equal(0x6482D367EB22B64Eul, Crc64Nvme.Append(0, new byte[4096]));
        Assert.Equal(0xC0DDBA7302ECA3ACul, Crc64Nvme.Append(0, Enumerable.Repeat((byte)0xFF, 4096).ToArray()));
    }

    [Fact]
    public void No_data_leaves_a_CRC_as_it_is()
    {
        Assert.Equal(0u, Crc32.Append(0, []));
        Assert.Equal(7u, Crc32C.Append(7, []));
        Assert.Equal(7ul, Crc64Nvme.Append(7, []));
    }

    [Fact]
    public void Every_path_of_CRC32_equals_the_definition() =>
        CheckPaths(Crc32Generator, Crc32.Append, Crc32.Implementation.AppendByTable, Folding(Crc32.Implementation), Folding(new ReflectedCrc<uint>(Crc32Generator, wideFold: false)));

    [Fact]
    public void Every_path_of_CRC32C_equals_the_definition() => CheckPaths(
        Crc32CGenerator,
        Crc32C.Append,
        Crc32C.Implementation.AppendByTable,
        Folding(Crc32C.Implementation),
        Folding(new ReflectedCrc<uint>(Crc32CGenerator, wideFold: false)),
        Crc32C.HasInstruction ? Crc32C.AppendByInstruction : null);

    [Fact]
    public void Every_path_of_CRC64NVME_equals_the_definition() =>
        CheckPaths(Crc64NvmeGenerator, Crc64Nvme.Append, Crc64Nvme.Implementation.AppendByTable, Folding(Crc64Nvme.Implementation), Folding(new ReflectedCrc<ulong>(Crc64NvmeGenerator, wideFold: false)));

    [Fact]
    public void Combining_equals_the_CRC_of_the_joined_data()
    {
        var random = Seeded(out _);
        var data = ByteStreams.Content(5, 100_000);
        for (var i = 0; i < 200; i++)
        {
            var cut = random.Next(data.Length + 1);
            var first = data.AsSpan(0, cut);
            var second = data.AsSpan(cut);
            Assert.Equal(Crc32.Append(0, data), Crc32.Combine(Crc32.Append(0, first), Crc32.Append(0, second), second.Length));
            Assert.Equal(Crc32C.Append(0, data), Crc32C.Combine(Crc32C.Append(0, first), Crc32C.Append(0, second), second.Length));
            Assert.Equal(Crc64Nvme.Append(0, data), Crc64Nvme.Combine(Crc64Nvme.Append(0, first), Crc64Nvme.Append(0, second), second.Length));
        }
    }

    [Fact]
    public void Combining_is_associative_over_lengths_beyond_memory()
    {
        const long Huge = 5L << 40;
        ulong a = 0x0123456789ABCDEF, b = 0xFEDCBA9876543210, c = 0xDEADBEEF01234567;
        var leftFirst = Crc64Nvme.Combine(Crc64Nvme.Combine(a, b, Huge), c, Huge + 1);
        var rightFirst = Crc64Nvme.Combine(a, Crc64Nvme.Combine(b, c, Huge + 1), Huge + Huge + 1);
        Assert.Equal(leftFirst, rightFirst);
        Assert.Throws<ArgumentOutOfRangeException>(() => Crc32.Combine(1, 2, -1));
    }

    private static CrcAppend<T>? Folding<T>(ReflectedCrc<T> crc)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> =>
        CarrylessFold.IsSupported ? (value, data) => data.Length < CarrylessFold.MinLength ? crc.Append(value, data) : crc.AppendByFolding(value, data) : null;

    private void CheckPaths<T>(T generator, params CrcAppend<T>?[] paths)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var random = Seeded(out var seed);
        var data = ByteStreams.Content(seed, 8_192);
        for (var i = 0; i < 2_000; i++)
        {
            // Every short length at every alignment first, where the paths change over; then anything.
            var length = i < 600 ? i : random.Next(data.Length - 64);
            var piece = data.AsSpan(random.Next(64), length);
            var crc = T.CreateTruncating(random.NextInt64());
            var expected = BitwiseCrc.Append(generator, crc, piece);
            foreach (var path in paths)
            {
                Assert.True(path is null || path(crc, piece) == expected, $"{length} bytes after {crc:x}: not {expected:x}");
            }
        }
    }

    private Random Seeded(out int seed)
    {
        seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private delegate T CrcAppend<T>(T crc, ReadOnlySpan<byte> data);
}
