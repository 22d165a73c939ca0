using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage;

public sealed class ChunkCacheTests : IDisposable
{
    private const long Capacity = Drive.MinimumWithSmallLog;
    private const byte Node = 1, OtherNode = 2, Scan = 3;

    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_scan_larger_than_the_cache_evicts_nothing_that_two_nodes_read_and_a_restart_finds_it()
    {
        const int Seed = 5, Working = 40, Scanned = 200;
        await using (var cache = await OpenAsync(writesPerDay: 0))
        {
            for (var number = 0; number < Working; number++)
            {
                await StoreAsync(cache, Seed, number, Node);
                Read(cache, Seed, number, OtherNode);
            }

            for (var number = Working; number < Working + Scanned; number++)
            {
                await StoreAsync(cache, Seed, number, Scan);
                Assert.InRange(cache.Statistics.DiskBytes, 1, Capacity);
            }

            Assert.All(Enumerable.Range(0, Working), number => Assert.True(cache.Contains(TestChunks.Id(Seed, number)), $"chunk {number}"));
            Assert.True(cache.Statistics.EvictedSegments > 0);
            Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Capacity);
        }

        await using var again = await OpenAsync(writesPerDay: 0);
        Assert.All(Enumerable.Range(0, Working), number => Assert.True(again.Contains(TestChunks.Id(Seed, number)), $"chunk {number} after the restart"));
    }

    [Fact]
    public async Task Over_the_write_budget_a_full_cache_stores_what_is_wanted_again_and_nothing_else()
    {
        const int Seed = 6;
        await using var cache = await OpenAsync(writesPerDay: 0.001, capacity: ChunkCacheOptions.MinimumCapacity);
        var number = 0;
        while (cache.Statistics.NotAdmittedChunks == 0)
        {
            Assert.True(number < 200, "the budget of a full cache ends");
            await cache.AppendAsync(By(Scan), TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number), Cancellation);
            number++;
        }

        var last = number - 1;
        Assert.False(cache.Contains(TestChunks.Id(Seed, last)));
        await StoreAsync(cache, Seed, last, Node);
        Assert.False(await cache.AppendAsync(By(Scan), TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number), Cancellation));
    }

    private static Origination By(byte reader) => new("acme", reader, Shared: false);

    private static async Task StoreAsync(ChunkCache cache, int seed, int number, byte reader)
    {
        Assert.True(
            await cache.AppendAsync(By(reader), TestChunks.Id(seed, number), TestChunks.Bytes(seed, number, ChunkGeometry.PayloadSize), Cancellation),
            $"append {number}, seed {seed}");
        Assert.True(cache.Contains(TestChunks.Id(seed, number)));
    }

    private static void Read(ChunkCache cache, int seed, int number, byte reader)
    {
        Assert.True(cache.TryGet(TestChunks.Id(seed, number), reader, out var lease));
        lease.Dispose();
    }

    private Task<ChunkCache> OpenAsync(double writesPerDay, long capacity = Capacity) => ChunkCache.OpenAsync(
        new ChunkCacheOptions { Drives = [TestChunks.Options(_directory.Path, capacity)], WritesPerDay = writesPerDay }, TimeProvider.System, NullLoggerFactory.Instance, null, Cancellation);
}
