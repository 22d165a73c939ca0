using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChunkStoreTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_chunk_is_read_back_whole()
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);

        await store.AppendAsync(1, 0, ChunkGeometry.PayloadSize);

        Assert.True(store.Contains(TestChunks.Id(1, 0)));
        Assert.True(await store.VerifyAsync(1, 0, ChunkGeometry.PayloadSize));
        Assert.False(store.Contains(TestChunks.Id(1, 1)));
        Assert.False(store.TryGet(TestChunks.Id(1, 1), out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_range_of_a_chunk_reads_right(int seed)
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);
        await store.AppendAsync(seed, 0);
        await store.AppendAsync(seed, 1, ChunkGeometry.PayloadSize);
        var random = new Random(seed);
        foreach (var (number, expected) in new[] { (0, TestChunks.Bytes(seed, 0)), (1, TestChunks.Bytes(seed, 1, ChunkGeometry.PayloadSize)) })
        {
            Assert.True(store.TryGet(TestChunks.Id(seed, number), out var lease));
            using (lease)
            {
                for (var round = 0; round < 200; round++)
                {
                    var offset = random.Next(expected.Length);
                    var length = random.Next(Math.Min(expected.Length - offset, 300_000) + 1);
                    if (round % 3 == 0)
                        offset = offset / ChunkGeometry.BlockSize * ChunkGeometry.BlockSize;
                    var actual = new byte[length];
                    Assert.True(await lease.ReadAsync(offset, actual, Cancellation));
                    Assert.True(actual.AsSpan().SequenceEqual(expected.AsSpan(offset, length)), $"{offset}+{length} of chunk {number}, seed {seed}");
                }
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Many_chunks_come_and_go_and_the_budget_holds_at_every_step(int seed)
    {
        const int chunks = 80;
        await using var store = await TestChunks.OpenAsync(directory.Path);
        for (var number = 0; number < chunks; number++)
        {
            await store.AppendAsync(seed, number);
            Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
            Assert.InRange(TestChunks.BytesOnDisk(directory.Path), 1, TestChunks.SmallCapacity);
            Assert.True(await store.VerifyAsync(seed, number), "what was just stored is there");
        }

        var present = new List<int>();
        for (var number = 0; number < chunks; number++)
        {
            if (await store.VerifyAsync(seed, number))
                present.Add(number);
        }

        Assert.Equal(present.Count, store.Statistics.LiveChunks);
        Assert.Equal(chunks - present.Count, store.Statistics.EvictedChunks);
        Assert.True(store.Statistics.EvictedSegments > 0);
        Assert.Equal(Enumerable.Range(chunks - present.Count, present.Count), present);
    }

    [Fact]
    public async Task Storing_a_chunk_again_changes_nothing()
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);
        await store.AppendAsync(1, 0);
        await store.AppendAsync(1, 0);
        Assert.Equal(TestChunks.Length(1, 0), store.Statistics.AppendedBytes);
        Assert.Equal(1, store.Statistics.LiveChunks);
    }

    [Fact]
    public async Task A_removed_chunk_is_gone_and_stays_gone()
    {
        await using (var store = await TestChunks.OpenAsync(directory.Path))
        {
            await store.AppendAsync(1, 0);
            await store.AppendAsync(1, 1);
            store.Remove(TestChunks.Id(1, 0));
            Assert.False(store.Contains(TestChunks.Id(1, 0)));
            await store.FlushAsync(Cancellation);
        }

        await using var again = await TestChunks.OpenAsync(directory.Path);
        Assert.False(again.Contains(TestChunks.Id(1, 0)));
        Assert.True(await again.VerifyAsync(1, 1));
        await again.AppendAsync(1, 0);
        Assert.True(await again.VerifyAsync(1, 0));
    }

    [Fact]
    public async Task Payloads_out_of_range_are_refused_at_once()
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.AppendAsync(TestChunks.Id(1, 0), ReadOnlyMemory<byte>.Empty, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await store.AppendAsync(TestChunks.Id(1, 0), new byte[ChunkGeometry.PayloadSize + 1], Cancellation));
    }

    [Fact]
    public async Task A_store_that_is_too_small_says_so()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => TestChunks.OpenAsync(directory.Path, ChunkStoreOptions.MinimumCapacity - 1));
        Assert.Contains("48 MiB", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_has_one_owner()
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);
        await Assert.ThrowsAsync<IOException>(() => TestChunks.OpenAsync(directory.Path));
    }

    [Fact]
    public async Task A_disposed_store_takes_nothing_and_leases_live_on()
    {
        var store = await TestChunks.OpenAsync(directory.Path);
        await store.AppendAsync(1, 0);
        Assert.True(store.TryGet(TestChunks.Id(1, 0), out var lease));
        await store.DisposeAsync();

        Assert.False(await store.AppendAsync(TestChunks.Id(1, 1), new byte[1], Cancellation));
        using (lease)
        {
            var bytes = new byte[lease.Length];
            Assert.True(await lease.ReadAsync(0, bytes, Cancellation));
            Assert.Equal(TestChunks.Bytes(1, 0), bytes);
        }
    }

    [Fact]
    public async Task Synced_appends_work_the_same()
    {
        await using (var store = await TestChunks.OpenAsync(TestChunks.Options(directory.Path) with { Durability = Durability.Synced }))
        {
            for (var number = 0; number < 5; number++)
                await store.AppendAsync(1, number);
        }

        await using var again = await TestChunks.OpenAsync(directory.Path);
        for (var number = 0; number < 5; number++)
            Assert.True(await again.VerifyAsync(1, number));
    }
}
