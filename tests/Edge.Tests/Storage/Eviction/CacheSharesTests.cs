using System.Diagnostics.Metrics;
using System.Globalization;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Eviction;

public sealed class CacheSharesTests : IDisposable
{
    private const long Capacity = ChunkCacheOptions.MinimumCapacity;
    private const double Floor = 0.35, Cap = 0.4;

    private static readonly Origination Steady = new("steady", 1, Shared: false);
    private static readonly Origination Scanning = new("scanning", 2, Shared: false);
    private static readonly Origination Third = new("third", 3, Shared: false);

    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task One_that_scans_takes_nobody_below_the_floor_nobody_exceeds_a_cap_and_the_budget_holds(int seed)
    {
        var random = new Random(seed);
        await using var cache = await OpenAsync(new CacheShare("steady", Floor, 1), new CacheShare("scanning", 0, Cap));
        var floor = (long)(Floor * Capacity);
        var number = 0;
        while (BytesOf(cache, "steady") < floor)
            await AppendAsync(cache, Steady, seed, number++, random);

        // Nobody ever reads what the steady one has, and the others bring ten times the capacity.
        for (long written = 0; written < 10 * Capacity;)
        {
            var who = random.Next(8) switch { 0 => Steady, 1 or 2 => Third, _ => Scanning };
            written += await AppendAsync(cache, who, seed, number++, random);
            Assert.True(BytesOf(cache, "steady") >= floor, $"{BytesOf(cache, "steady")} of {floor} after {written}, seed {seed}");
            Assert.InRange(BytesOf(cache, "scanning"), 0, (long)(Cap * Capacity));
            if (number % 16 == 0)
                Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Capacity);
        }

        Assert.True(cache.Statistics.EvictedSegments > 20 && cache.BlockStatistics.EvictedSegments > 5, $"{cache.Statistics} {cache.BlockStatistics}, seed {seed}");
        Assert.True(BytesOf(cache, string.Empty) > 0);
    }

    [Fact]
    public async Task On_probation_too_what_a_floor_needs_is_kept_untouched()
    {
        const int Seed = 4, Untouched = 60;
        const long Large = Drive.MinimumWithSmallLog;
        await using var cache = await OpenAsync(Large, new CacheShare("steady", 0.3, 1));
        for (var number = 0; number < 130; number++)
            await cache.AppendAsync(Scanning, TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, ChunkGeometry.PayloadSize), Cancellation);

        // The main log is full by now: these pass through the small one.
        for (var number = 1000; number < 1000 + Untouched; number++)
            await cache.AppendAsync(Steady, TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, ChunkGeometry.PayloadSize), Cancellation);
        for (var number = 200; number < 400; number++)
            await cache.AppendAsync(Scanning, TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, ChunkGeometry.PayloadSize), Cancellation);

        var kept = (long)(0.3 * Large) / ChunkGeometry.RecordSize;
        Assert.InRange(Enumerable.Range(1000, Untouched).Count(number => cache.Contains(TestChunks.Id(Seed, number))), (int)kept, Untouched);
        Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Large);
    }

    [Fact]
    public async Task One_at_its_cap_replaces_its_own_oldest_even_while_there_is_room()
    {
        const int Seed = 5, Length = 1_000_000;
        await using var cache = await OpenAsync(new CacheShare("scanning", 0, 0.1));
        var newest = 0;
        for (var number = 0; number < 40; number++)
        {
            if (await cache.AppendAsync(Scanning, TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, Length), Cancellation))
                newest = number;
            await cache.Drives[0].WhenTrimmedAsync();
            Assert.InRange(BytesOf(cache, "scanning"), 1, Capacity / 10);
        }

        Assert.InRange(newest, 38, 39);
        Assert.True(cache.Contains(TestChunks.Id(Seed, newest)));
        Assert.False(cache.Contains(TestChunks.Id(Seed, 0)));
        Assert.True(cache.Organizations.Single(state => state.Organization == "scanning").Refused > 0);
        Assert.Equal(0, cache.Statistics.EvictedSegments);
    }

    [Fact]
    public async Task What_organizations_have_is_known_after_a_restart_and_a_cap_that_was_lowered_holds_from_the_start()
    {
        const int Seed = 6;
        long steady, scanning;
        await using (var cache = await OpenAsync(new CacheShare("steady", 0.1, 1)))
        {
            for (var number = 0; number < 20; number++)
            {
                await AppendAsync(cache, number % 2 == 0 ? Steady : Scanning, Seed, number, new Random(number));
                await cache.AppendBlocksAsync(Scanning, TestChunks.Id(Seed, 100 + number), 0, TestChunks.Bytes(Seed, number, 5000), Cancellation);
            }

            (steady, scanning) = (BytesOf(cache, "steady"), BytesOf(cache, string.Empty));
            Assert.True(steady > 0 && scanning > 0);
        }

        await using (var again = await OpenAsync(new CacheShare("scanning", 0, 1), new CacheShare("steady", 0, 1)))
        {
            Assert.Equal(steady, BytesOf(again, "steady"));
            Assert.Equal(scanning, BytesOf(again, "scanning"));
            Assert.Equal(0, BytesOf(again, string.Empty));
        }

        await using var capped = await OpenAsync(new CacheShare("scanning", 0, 0.01), new CacheShare("steady", 0, 1));
        Assert.InRange(BytesOf(capped, "scanning"), 0, Capacity / 100);
        Assert.Equal(steady, BytesOf(capped, "steady"));
    }

    [Fact]
    public async Task Metrics_name_the_configured_organizations_and_no_other()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name.StartsWith("edgecache.edge.organization.", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen[string.Create(CultureInfo.InvariantCulture, $"{instrument.Name[(instrument.Name.LastIndexOf('.') + 1)..]} {tags[0].Value}")] = value);
        listener.Start();
        await using var cache = await ChunkCache.OpenAsync(
            Options(Capacity, new CacheShare("steady", Floor, 1)), TimeProvider.System, NullLoggerFactory.Instance, services.GetRequiredService<IMeterFactory>(), Cancellation);
        await AppendAsync(cache, Steady, 7, 0, new Random(1));
        await AppendAsync(cache, Third, 7, 1, new Random(1));
        listener.RecordObservableInstruments();

        Assert.Equal(["cached other", "cached steady", "floor steady", "refused other", "refused steady"], seen.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(BytesOf(cache, "steady"), seen["cached steady"]);
        Assert.Equal((long)(Floor * Capacity), seen["floor steady"]);
    }

    // A chunk of up to 600 kB, or now and then a few blocks.
    private static async Task<long> AppendAsync(ChunkCache cache, Origination who, int seed, int number, Random random)
    {
        var id = TestChunks.Id(seed, number);
        if (random.Next(4) == 0)
        {
            var blocks = TestChunks.Bytes(seed, number, random.Next(1, 4 * ChunkGeometry.BlockSize));
            await cache.AppendBlocksAsync(who, id, 0, blocks, Cancellation);
            return blocks.Length;
        }

        var bytes = TestChunks.Bytes(seed, number, random.Next(100_000, 600_000));
        await cache.AppendAsync(who, id, bytes, Cancellation);
        return bytes.Length;
    }

    private static long BytesOf(ChunkCache cache, string organization) => cache.Organizations.Single(state => state.Organization == organization).Bytes;

    private Task<ChunkCache> OpenAsync(params CacheShare[] shares) => OpenAsync(Capacity, shares);

    private Task<ChunkCache> OpenAsync(long capacity, params CacheShare[] shares) =>
        ChunkCache.OpenAsync(Options(capacity, shares), TimeProvider.System, NullLoggerFactory.Instance, null, Cancellation);

    private ChunkCacheOptions Options(long capacity, params CacheShare[] shares) =>
        new() { Drives = [TestChunks.Options(_directory.Path, capacity)], Shares = shares };
}
