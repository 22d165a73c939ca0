using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChecksumPolicyTests : IDisposable
{
    private const int Seed = 3, Length = 5 * ChunkGeometry.BlockSize + 99;
    private const byte Reader = 1;

    private readonly TempDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(0, 1, 0b1)]
    [InlineData(0, ChunkGeometry.BlockSize, 0b1)]
    [InlineData(0, ChunkGeometry.BlockSize + 1, 0b11)]
    [InlineData(ChunkGeometry.BlockSize - 1, 2, 0b11)]
    [InlineData(ChunkGeometry.BlockSize, 1, 0b10)]
    [InlineData(0, ChunkGeometry.PayloadSize, ulong.MaxValue)]
    [InlineData(ChunkGeometry.PayloadSize - 1, 1, 1UL << 63)]
    public void A_range_touches_its_blocks(int offset, int length, ulong blocks) => Assert.Equal(blocks, BlockMask.Of(offset, length));

    [Theory]
    [InlineData((int)ChecksumPolicy.Strict)]
    [InlineData((int)ChecksumPolicy.Once)]
    public async Task No_damage_passes_the_first_read(int policy)
    {
        foreach (var kind in Enum.GetValues<DamageKind>())
        {
            await using var store = await OpenAsync((ChecksumPolicy)policy);
            await store.AppendAsync(Seed, (int)kind, Length);
            Spoil(store, (int)kind, kind);
            Assert.False(await ReadAsync(store, (int)kind, 0, Length), $"{kind}");
            Assert.False(store.Contains(TestChunks.Id(Seed, (int)kind)));
            Assert.Equal(1, store.Statistics.ChecksumFailures);
        }
    }

    [Fact]
    public async Task Strict_finds_what_was_damaged_after_it_was_read()
    {
        await using var store = await OpenAsync(ChecksumPolicy.Strict);
        await store.AppendAsync(Seed, 0, Length);
        Assert.True(await ReadAsync(store, 0, 0, Length));
        Spoil(store, 0, DamageKind.FlippedByte);
        Assert.False(await ReadAsync(store, 0, 0, Length));
    }

    [Fact]
    public async Task Once_verifies_each_block_when_it_is_first_read_and_after_each_restart()
    {
        await using (var store = await OpenAsync(ChecksumPolicy.Once))
        {
            await store.AppendAsync(Seed, 0, Length);
            Assert.True(await ReadAsync(store, 0, 0, ChunkGeometry.BlockSize));
            Spoil(store, 0, DamageKind.SwappedBlocks);

            // Block 0 was verified before, block 1 was not.
            Assert.True(store.TryGet(TestChunks.Id(Seed, 0), Reader, out var lease));
            using (lease)
                Assert.True(await lease.ReadAsync(0, new byte[ChunkGeometry.BlockSize], Cancellation));
            Assert.False(await ReadAsync(store, 0, ChunkGeometry.BlockSize - 1, 2));

            await store.AppendAsync(Seed, 1, Length);
            Assert.True(await ReadAsync(store, 1, 0, Length));
            await store.FlushAsync(Cancellation);
            Spoil(store, 1, DamageKind.SwappedBlocks);
        }

        await using var again = await OpenAsync(ChecksumPolicy.Once);
        Assert.False(await ReadAsync(again, 1, 0, 1));
    }

    [Fact]
    public async Task Once_reads_what_was_verified_in_any_range()
    {
        await using var store = await OpenAsync(ChecksumPolicy.Once);
        await store.AppendAsync(Seed, 0, Length);
        Assert.True(await ReadAsync(store, 0, 0, Length));
        var random = new Random(Seed);
        for (var round = 0; round < 100; round++)
        {
            var offset = random.Next(Length);
            Assert.True(await ReadAsync(store, 0, offset, random.Next(1, Length - offset + 1)));
        }
    }

    [Fact]
    public async Task A_survivor_is_verified_whatever_was_verified_before()
    {
        await using var store = await ChunkStore.OpenAsync(
            Options(ChecksumPolicy.Once), TimeProvider.System, NullLoggerFactory.Instance, null, TestChunks.Survivors(_ => true), Cancellation);
        await store.AppendAsync(1, 0, ChunkGeometry.PayloadSize);
        Assert.True(store.TryGet(TestChunks.Id(1, 0), Reader, out var lease));
        using (lease)
            Assert.True(await lease.ReadAsync(0, new byte[lease.Length], Cancellation));
        await store.FlushAsync(Cancellation);
        Spoil(store, 0, DamageKind.FlippedByte, seed: 1);

        // Written again without a look it would get a checksum that agrees.
        for (var number = 1; number < 40 && store.Contains(TestChunks.Id(1, 0)); number++)
            await store.AppendAsync(1, number, ChunkGeometry.PayloadSize);
        Assert.False(store.Contains(TestChunks.Id(1, 0)));
        Assert.Equal(1, store.Statistics.ChecksumFailures);
    }

    private static void Spoil(ChunkStore store, int number, DamageKind kind, int seed = Seed)
    {
        Assert.True(store.TryGet(TestChunks.Id(seed, number), out var lease));
        using (lease)
            Damage.Apply(kind, lease);
    }

    private static async Task<bool> ReadAsync(ChunkStore store, int number, int offset, int length)
    {
        Assert.True(store.TryGet(TestChunks.Id(Seed, number), Reader, out var lease));
        using (lease)
        {
            var bytes = new byte[length];
            if (!await lease.ReadAsync(offset, bytes, Cancellation))
                return false;

            Assert.True(bytes.AsSpan().SequenceEqual(TestChunks.Bytes(Seed, number, Length).AsSpan(offset, length)), $"{offset}+{length}");
            return true;
        }
    }

    private Task<ChunkStore> OpenAsync(ChecksumPolicy policy) => TestChunks.OpenAsync(Options(policy));

    private ChunkStoreOptions Options(ChecksumPolicy policy) => TestChunks.Options(directory.Path) with { Checksums = policy };
}
