using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChunkStoreConcurrencyTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Appends_reads_and_evictions_at_once_never_show_wrong_bytes(int seed)
    {
        const int writers = 4, readers = 4, chunks = 160;
        await using var store = await TestChunks.OpenAsync(directory.Path);
        var next = -1;
        var stored = 0;
        var verified = 0;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writing = Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < chunks)
            {
                // Short chunks, so that many share a batch and a segment. A slow reader may hold evicted segments: then the store asks to come again.
                var bytes = TestChunks.Bytes(seed, number, 1 + (TestChunks.Length(seed, number) / 4));
                while (!await store.AppendAsync(TestChunks.Id(seed, number), bytes, Cancellation))
                {
                    Assert.False(store.Statistics.Degraded);
                    await Task.Yield();
                }

                Interlocked.Increment(ref stored);
                Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
            }
        })).ToArray();
        var reading = Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
        {
            var random = new Random(seed + reader);
            while (!done.IsCancellationRequested)
            {
                var number = Math.Max(0, Volatile.Read(ref next) - random.Next(60));
                if (await store.VerifyAsync(seed, number, 1 + (TestChunks.Length(seed, number) / 4)))
                    Interlocked.Increment(ref verified);
                else
                    await Task.Yield();
            }
        })).ToArray();

        await Task.WhenAll(writing);
        await done.CancelAsync();
        await Task.WhenAll(reading);

        Assert.Equal(chunks, stored);
        Assert.True(verified > 0);
        Assert.True(store.Statistics.EvictedSegments > 0);
        Assert.Equal(0, store.Statistics.ChecksumFailures);
    }

    [Fact]
    public async Task Leases_outlive_eviction_and_hold_the_budget()
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);
        await store.AppendAsync(1, 0, ChunkGeometry.PayloadSize);
        Assert.True(store.TryGet(TestChunks.Id(1, 0), out var lease));
        var number = 1;
        while (store.Contains(TestChunks.Id(1, 0)))
            await store.AppendAsync(1, number++, ChunkGeometry.PayloadSize);

        Assert.Equal(1, store.Statistics.DyingSegments);
        for (var more = 0; more < 20; more++)
        {
            await store.AppendAsync(1, number++, ChunkGeometry.PayloadSize);
            Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
        }

        var bytes = new byte[lease.Length];
        Assert.True(await lease.ReadAsync(0, bytes, Cancellation));
        Assert.True(bytes.AsSpan().SequenceEqual(TestChunks.Bytes(1, 0, ChunkGeometry.PayloadSize)));
        lease.Dispose();
        Assert.Equal(0, store.Statistics.DyingSegments);
    }

    [Fact]
    public async Task When_leases_hold_too_many_evicted_segments_appends_are_refused_until_they_go()
    {
        await using var store = await TestChunks.OpenAsync(directory.Path);
        var leases = new List<ChunkLease>();
        var number = 0;
        while (await store.AppendAsync(TestChunks.Id(1, number), TestChunks.Bytes(1, number, ChunkGeometry.PayloadSize), Cancellation))
        {
            Assert.True(store.TryGet(TestChunks.Id(1, number), out var lease));
            leases.Add(lease);
            Assert.InRange(store.Statistics.DiskBytes, 1, TestChunks.SmallCapacity);
            Assert.True(++number < 100, "a store whose every chunk is leased must refuse at some time");
        }

        Assert.Equal(1, store.Statistics.RefusedAppends);
        Assert.False(store.Statistics.Degraded);
        Assert.True(store.Statistics.LiveChunks > 0, "the cache must not melt away for slow readers");
        leases.ForEach(lease => lease.Dispose());
        await store.AppendAsync(1, number, ChunkGeometry.PayloadSize);
        Assert.True(await store.VerifyAsync(1, number, ChunkGeometry.PayloadSize));
    }

    [Fact]
    public async Task A_caller_that_leaves_disturbs_nobody()
    {
        var plan = new FaultPlan(1) { Always = DeviceFault.Slow, Log = ChunkLog.Name };
        await using var store = await TestChunks.OpenAsync(TestChunks.Options(directory.Path).WithDevice(plan.Wrap));
        using var leaving = new CancellationTokenSource();
        var left = store.AppendAsync(TestChunks.Id(1, 0), TestChunks.Bytes(1, 0), leaving.Token).AsTask();
        var stays = store.AppendAsync(TestChunks.Id(1, 1), TestChunks.Bytes(1, 1), Cancellation).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        plan.Always = DeviceFault.None;
        plan.Release.SetResult();

        Assert.True(await stays);
        Assert.True(await store.VerifyAsync(1, 1));
    }
}
