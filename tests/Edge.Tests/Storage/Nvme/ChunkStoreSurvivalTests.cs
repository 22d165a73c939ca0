using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChunkStoreSurvivalTests : IDisposable
{
    private const byte Reader = 1, OtherReader = 2;

    private readonly TempDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public async Task Touched_chunks_outlive_their_segment_and_the_budget_holds_at_every_step(int seed)
    {
        await using var store = await OpenAsync(TestChunks.Survivors(chunk => chunk.Touches.Count > 0));
        await store.AppendAsync(seed, 0);
        for (var number = 1; number < 80; number++)
        {
            Touch(store, seed, 0);
            await store.AppendAsync(seed, number);
            Assert.True(await store.VerifyAsync(seed, 0), $"the touched chunk at every step, seed {seed}");
            Assert.InRange(TestChunks.BytesOnDisk(directory.Path), 1, TestChunks.SmallCapacity);
            Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
        }

        Assert.False(store.Contains(TestChunks.Id(seed, 1)));
        Assert.True(store.Statistics.RewrittenBytes >= TestChunks.Length(seed, 0));
        Assert.Equal(0, store.Statistics.RefusedAppends);
    }

    [Fact]
    public async Task A_chunk_that_is_touched_no_more_goes_once_its_touches_are_spent()
    {
        await using var store = await OpenAsync(TestChunks.Survivors(chunk => chunk.Touches.Count > 0));
        await store.AppendAsync(1, 0);
        Touch(store, 1, 0);
        for (var number = 1; number < 80 && store.Contains(TestChunks.Id(1, 0)); number++)
            await store.AppendAsync(1, number, ChunkGeometry.PayloadSize);

        Assert.False(store.Contains(TestChunks.Id(1, 0)));
    }

    [Fact]
    public async Task A_store_whose_every_chunk_survives_still_takes_new_ones()
    {
        await using var store = await OpenAsync(TestChunks.Survivors(_ => true));
        for (var number = 0; number < 60; number++)
        {
            await store.AppendAsync(1, number, ChunkGeometry.PayloadSize);
            Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
        }
    }

    [Fact]
    public async Task Survivors_of_one_store_move_to_another_and_a_restart_finds_them_there()
    {
        await using (var main = await OpenAsync(null, "main"))
        await using (var small = await OpenAsync(
            TestChunks.Survivors(chunk => chunk.Touches.Count > 0, (chunk, bytes, cancellation) => main.AppendAsync(chunk.Id, bytes, cancellation, chunk.Touches.Reset()))))
        {
            await small.AppendAsync(1, 0);
            Touch(small, 1, 0);
            for (var number = 1; number < 80 && small.Contains(TestChunks.Id(1, 0)); number++)
            {
                await small.AppendAsync(1, number, ChunkGeometry.PayloadSize);
                Assert.True(small.Contains(TestChunks.Id(1, 0)) || main.Contains(TestChunks.Id(1, 0)), "it is never in neither");
            }

            Assert.True(await main.VerifyAsync(1, 0));
            Assert.Equal(1, main.Statistics.LiveChunks);
        }

        await using var again = await OpenAsync(null, "main");
        Assert.True(await again.VerifyAsync(1, 0));
    }

    [Fact]
    public async Task A_survivor_that_is_damaged_goes_and_disturbs_nothing()
    {
        await using var store = await OpenAsync(TestChunks.Survivors(_ => true));
        await store.AppendAsync(1, 0, ChunkGeometry.PayloadSize);
        await store.FlushAsync(Cancellation);
        Assert.True(store.TryGet(TestChunks.Id(1, 0), out var lease));
        RandomAccess.Write(lease.Handle, [1, 2, 3, 4], lease.FileOffset + 100);
        lease.Dispose();
        for (var number = 1; number < 40 && store.Contains(TestChunks.Id(1, 0)); number++)
            await store.AppendAsync(1, number, ChunkGeometry.PayloadSize);

        Assert.False(store.Contains(TestChunks.Id(1, 0)));
        Assert.Equal(1, store.Statistics.ChecksumFailures);
    }

    private static void Touch(ChunkStore store, int seed, int number)
    {
        foreach (var reader in new[] { Reader, OtherReader })
        {
            if (store.TryGet(TestChunks.Id(seed, number), reader, out var lease))
                lease.Dispose();
        }
    }

    private Task<ChunkStore> OpenAsync(Survival? survival, string name = "small") => ChunkStore.OpenAsync(
        TestChunks.Options(Path.Combine(directory.Path, name)), TimeProvider.System, NullLoggerFactory.Instance, null, survival, Cancellation);
}
