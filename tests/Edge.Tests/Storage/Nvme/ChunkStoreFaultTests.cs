using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChunkStoreFaultTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(ChunkLog.Name, (int)DeviceFault.IoError)]
    [InlineData(ChunkLog.Name, (int)DeviceFault.NoSpace)]
    [InlineData(ChunkLog.Name, (int)DeviceFault.ShortWrite)]
    [InlineData(ChunkJournal.Name, (int)DeviceFault.IoError)]
    [InlineData(ChunkJournal.Name, (int)DeviceFault.NoSpace)]
    [InlineData(ChunkJournal.Name, (int)DeviceFault.ShortWrite)]
    public async Task After_a_fault_the_store_serves_what_it_has_and_then_recovers(string log, int fault)
    {
        var plan = new FaultPlan(1) { Log = log };
        await using var store = await OpenAsync(plan);
        for (var number = 0; number < 5; number++)
            await store.AppendAsync(1, number);

        plan.Always = (DeviceFault)fault;
        Assert.False(await store.AppendAsync(TestChunks.Id(1, 5), TestChunks.Bytes(1, 5), Cancellation));
        await WhenAsync(() => store.Statistics.Degraded);
        Assert.False(await store.AppendAsync(TestChunks.Id(1, 6), TestChunks.Bytes(1, 6), Cancellation));
        for (var number = 0; number < 5; number++)
            Assert.True(await store.VerifyAsync(1, number), "a degraded store still reads");

        plan.Always = DeviceFault.None;
        await RecoverAsync(store);
        for (var number = 5; number < 12; number++)
            await store.AppendAsync(1, number);
        for (var number = 0; number < 12; number++)
            Assert.True(await store.VerifyAsync(1, number));
    }

    [Fact]
    public async Task A_store_that_cannot_be_rebuilt_tries_again_and_again()
    {
        var plan = new FaultPlan(1);
        await using var store = await OpenAsync(plan);
        await store.AppendAsync(1, 0);
        plan.Always = DeviceFault.IoError;
        for (var round = 0; round < 3; round++)
        {
            Assert.False(await store.AppendAsync(TestChunks.Id(1, 1), TestChunks.Bytes(1, 1), Cancellation));
            await WhenAsync(() => store.Statistics.Degraded);
            await RecoverAsync(store);
        }

        plan.Always = DeviceFault.None;
        Assert.False(await store.AppendAsync(TestChunks.Id(1, 1), TestChunks.Bytes(1, 1), Cancellation) && store.Statistics.Degraded);
        Assert.True(await store.VerifyAsync(1, 0));
    }

    [Fact]
    public async Task A_device_that_hangs_is_given_up_after_the_flush_timeout()
    {
        var plan = new FaultPlan(1) { Log = ChunkLog.Name };
        await using var store = await OpenAsync(plan);
        await store.AppendAsync(1, 0);
        await WhenAsync(() => time.ArmedTimers == 0); // An append is told of its flush before that one's own timeout is taken back.
        plan.Always = DeviceFault.Slow;
        var append = store.AppendAsync(TestChunks.Id(1, 1), TestChunks.Bytes(1, 1), Cancellation).AsTask();
        await time.WhenArmedAsync(1, Cancellation);
        time.Advance(TimeSpan.FromSeconds(31));

        Assert.False(await append);
        Assert.True(await store.VerifyAsync(1, 0));
        plan.Always = DeviceFault.None;
        plan.Release.SetResult();
        await RecoverAsync(store);
        await store.AppendAsync(1, 1);
        Assert.True(await store.VerifyAsync(1, 1));
    }

    [Theory]
    [InlineData(81)]
    [InlineData(82)]
    [InlineData(83)]
    [InlineData(84)]
    public async Task Random_faults_never_cost_a_stored_chunk_its_bytes(int seed)
    {
        var plan = new FaultPlan(seed, 0.05);
        var stored = new List<int>();
        await using (var store = await OpenAsync(plan, 256 << 20))
        {
            for (var number = 0; number < 60; number++)
            {
                if (await store.AppendAsync(TestChunks.Id(seed, number), TestChunks.Bytes(seed, number, 300_000), Cancellation))
                {
                    stored.Add(number);
                    Assert.True(await store.VerifyAsync(seed, number, 300_000));
                }
                else
                {
                    plan.Drawing = false;
                    await RecoverAsync(store);
                    plan.Drawing = true;
                }

                Assert.InRange(store.Statistics.DiskBytes, 1, 256 << 20);
            }

            plan.Drawing = false;
            foreach (var number in stored)
                Assert.True(await store.VerifyAsync(seed, number, 300_000), $"chunk {number}, seed {seed}");
        }

        Assert.True(plan.Injected > 0, $"seed {seed} drew no fault");
        await using var again = await OpenAsync(new FaultPlan(0), 256 << 20);
        foreach (var number in stored)
            Assert.True(await again.VerifyAsync(seed, number, 300_000), $"chunk {number} after the restart, seed {seed}");
    }

    [Fact]
    public async Task A_segment_that_cannot_be_created_refuses_appends_for_a_while()
    {
        await using var store = await OpenAsync(new FaultPlan(1));
        await store.AppendAsync(1, 0, ChunkGeometry.PayloadSize);
        await store.AppendAsync(1, 1, ChunkGeometry.PayloadSize);

        // A directory where the next segment's file should be: the file system refuses, as it does when it is full.
        var obstacle = directory.CreateDirectory("chunks.2");
        Assert.False(await store.AppendAsync(TestChunks.Id(1, 2), TestChunks.Bytes(1, 2), Cancellation));
        Assert.False(store.Statistics.Degraded);
        Assert.True(await store.VerifyAsync(1, 0, ChunkGeometry.PayloadSize));

        Directory.Delete(obstacle);
        Assert.False(await store.AppendAsync(TestChunks.Id(1, 2), TestChunks.Bytes(1, 2), Cancellation));
        time.Advance(TimeSpan.FromSeconds(2));
        await store.AppendAsync(1, 2);
        Assert.True(await store.VerifyAsync(1, 2));
    }

    private Task<ChunkStore> OpenAsync(FaultPlan plan, long capacity = TestChunks.SmallCapacity) =>
        TestChunks.OpenAsync(TestChunks.Options(directory.Path, capacity).WithDevice(plan.Wrap), time);

    // The rebuild waits on the manual clock: once it is armed, move over it, until the store takes appends again.
    private async Task RecoverAsync(ChunkStore store)
    {
        await WhenAsync(() =>
        {
            if (!store.Statistics.Degraded)
                return true;

            if (time.ArmedTimers > 0)
                time.Advance(TimeSpan.FromSeconds(1));
            return false;
        });
    }

    private static async Task WhenAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
