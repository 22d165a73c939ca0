using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Pins;

public sealed class PinTests : IDisposable
{
    private const int Seed = 41;
    private const long Capacity = ChunkCacheOptions.MinimumCapacity;
    private const long LargeSize = (3L * ChunkGeometry.PayloadSize) + 12_345;
    private const int SmallSize = 700;

    private static readonly Origination By = new("acme", 1, Shared: false);
    private static readonly VersionFacts Large = Facts("model", new Generation(1, 1), LargeSize);
    private static readonly VersionFacts Small = Facts("config", new Generation(2, 2), SmallSize);
    private static readonly VersionFacts Sparse = Facts("table", new Generation(3, 3), ChunkGeometry.PayloadSize);

    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Pinned_objects_outlive_ten_times_the_capacity_and_a_restart_and_go_when_they_are_released()
    {
        await using (var cache = await OpenAsync())
        {
            Pin(cache, Large, null);
            Pin(cache, Small, null);
            Pin(cache, Sparse, null);
            await StoreAsync(cache);
            await ChurnAsync(cache, 0, 5 * Capacity);
            await VerifyAsync(cache);
        }

        await using var again = await OpenAsync();
        Assert.Equal(3, again.Pins.List().Count);
        await ChurnAsync(again, 100_000, 5 * Capacity);
        await VerifyAsync(again);
        Assert.Equal(0, again.Purge(Large.Generation, Large.Size));
        await VerifyAsync(again);

        Assert.Equal(1, again.Pins.Release("b", "model"));
        Assert.Equal(1, again.Pins.Release("b", "config"));
        Assert.Equal(1, again.Pins.Release("b", "table"));
        await ChurnAsync(again, 200_000, 3 * Capacity);
        Assert.Equal(0, again.ResidentBytes(Large.Generation, Large.Size));
        Assert.Equal(0, again.ResidentBytes(Small.Generation, Small.Size));
        Assert.Equal(0, again.ResidentBytes(Sparse.Generation, Sparse.Size));
    }

    [Fact]
    public async Task A_pin_that_expired_holds_nothing()
    {
        await using var cache = await OpenAsync();
        Pin(cache, Large, _time.GetUtcNow() + TimeSpan.FromHours(1));
        await StoreAsync(cache);
        await ChurnAsync(cache, 0, 2 * Capacity);
        Assert.Equal(LargeSize, cache.ResidentBytes(Large.Generation, Large.Size));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(cache.Pins.List());
        Assert.False(cache.Pins.IsPinned(Large.Generation));
        await ChurnAsync(cache, 100_000, 3 * Capacity);
        Assert.Equal(0, cache.ResidentBytes(Large.Generation, Large.Size));
        Assert.False(cache.Pins.TryPin("b", "model", Large, _time.GetUtcNow(), "me", out var refusal));
        Assert.Contains("expired", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_much_as_may_be_pinned_leaves_room_for_others()
    {
        await using var cache = await OpenAsync();
        var pinned = new List<VersionFacts>();
        while (true)
        {
            var facts = Facts($"shard-{pinned.Count}", new Generation(9, (ulong)pinned.Count), 2_000_000);
            if (!cache.Pins.TryPin("b", facts.Key, facts, null, "me", out var refusal))
            {
                Assert.Contains("MaxPinnedShare", refusal, StringComparison.Ordinal);
                break;
            }

            pinned.Add(facts);
            Assert.True(await cache.AppendAsync(By, new ChunkId(facts.Generation, 0), TestChunks.Bytes(Seed, pinned.Count, 2_000_000), Cancellation));
        }

        Assert.InRange(cache.Pins.PinnedBytes, (long)(Capacity * 0.9 / 2) - 2_100_000, (long)(Capacity * 0.9 / 2));
        await ChurnAsync(cache, 0, 5 * Capacity);
        Assert.All(pinned, facts => Assert.Equal(facts.Size, cache.ResidentBytes(facts.Generation, facts.Size)));
        Assert.True(await cache.AppendAsync(By, TestChunks.Id(Seed, 999_999), TestChunks.Bytes(Seed, 1, 500_000), Cancellation));
    }

    [Fact]
    public async Task A_pin_tells_who_and_since_when_and_names_one_version()
    {
        await using var cache = await OpenAsync();
        var newer = Large with { Generation = new Generation(7, 7), VersionId = "v2" };
        Pin(cache, Large, null);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(cache.Pins.TryPin("b", "model", newer, _time.GetUtcNow() + TimeSpan.FromDays(1), "somebody else", out _));
        Assert.True(cache.Pins.TryPin("b", "model", Large, _time.GetUtcNow() + TimeSpan.FromDays(2), "me again", out _));

        var pins = cache.Pins.List();
        Assert.Equal(2, pins.Count);
        var first = pins.Single(pin => pin.Generation == Large.Generation);
        Assert.Equal(("me again", "v1", LargeSize), (first.By, first.VersionId, first.Size));
        Assert.Equal((_time.GetUtcNow() - TimeSpan.FromMinutes(1), _time.GetUtcNow() + TimeSpan.FromDays(2)), (first.Since, first.ExpiresAt!.Value));
        Assert.Equal(1, cache.Pins.Release("b", "model", newer.Generation));
        Assert.Equal(0, cache.Pins.Release("b", "another"));
        Assert.Equal("me again", Assert.Single(cache.Pins.List()).By);
        Assert.False(cache.Pins.TryPin("b", "gone", Large with { IsDeleteMarker = true }, null, "me", out _));
    }

    [Fact]
    public async Task A_damaged_list_pins_nothing_and_one_that_cannot_be_written_changes_nothing()
    {
        await using (var cache = await OpenAsync())
            Pin(cache, Large, null);

        var path = Path.Combine(_directory.Path, "pins.json");
        var text = await File.ReadAllTextAsync(path, Cancellation);
        await File.WriteAllTextAsync(path, text[..^10], Cancellation);
        await using var again = await OpenAsync();
        Assert.Empty(again.Pins.List());
        Pin(again, Small, null);

        Directory.CreateDirectory(path + ".new");
        Assert.False(again.Pins.TryPin("b", "model", Large, null, "me", out var refusal));
        Assert.Contains("written", refusal, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => again.Pins.Release("b", "config"));
        Assert.Equal("config", Assert.Single(again.Pins.List()).Key);
    }

    private static VersionFacts Facts(string key, Generation generation, long size) =>
        new() { Bucket = "b", Key = key, Generation = generation, VersionId = "v1", Size = size };

    private static void Pin(ChunkCache cache, VersionFacts version, DateTimeOffset? expiresAt)
    {
        Assert.True(cache.Pins.TryPin("b", version.Key, version, expiresAt, "me", out var refusal), refusal);
    }

    // All of the large object, the small one, and two blocks of the sparse one.
    private static async Task StoreAsync(ChunkCache cache)
    {
        for (var index = 0; index < 4; index++)
            Assert.True(await cache.AppendAsync(By, new ChunkId(Large.Generation, index), Chunk(index), Cancellation));
        Assert.True(await cache.AppendBlocksAsync(By, new ChunkId(Small.Generation, 0), 0, TestChunks.Bytes(Seed, 50, SmallSize), Cancellation));
        Assert.True(await cache.AppendBlocksAsync(By, new ChunkId(Sparse.Generation, 0), 5, TestChunks.Bytes(Seed, 51, 2 * ChunkGeometry.BlockSize), Cancellation));
    }

    private static async Task VerifyAsync(ChunkCache cache)
    {
        for (var index = 0; index < 4; index++)
        {
            Assert.True(cache.TryGet(new ChunkId(Large.Generation, index), 9, out var lease), $"chunk {index}");
            using (lease)
            {
                var bytes = new byte[lease.Length];
                Assert.True(await lease.ReadAsync(0, bytes, Cancellation));
                Assert.True(bytes.AsSpan().SequenceEqual(Chunk(index)), $"chunk {index}");
            }
        }

        var block = new byte[ChunkGeometry.BlockSize];
        Assert.Equal(SmallSize, await cache.ReadBlockAsync(new ChunkId(Small.Generation, 0), 0, 9, block, Cancellation));
        Assert.True(block.AsSpan(0, SmallSize).SequenceEqual(TestChunks.Bytes(Seed, 50, SmallSize)));
        Assert.Equal(ChunkGeometry.BlockSize, await cache.ReadBlockAsync(new ChunkId(Sparse.Generation, 0), 6, 9, block, Cancellation));
        Assert.True(block.AsSpan().SequenceEqual(TestChunks.Bytes(Seed, 51, 2 * ChunkGeometry.BlockSize).AsSpan(ChunkGeometry.BlockSize)));
    }

    // What others bring: chunks and blocks, nine bytes in ten as chunks.
    private async Task ChurnAsync(ChunkCache cache, int from, long bytes)
    {
        for (var (number, written) = (from, 0L); written < bytes; number++)
        {
            var id = TestChunks.Id(Seed, number);
            Assert.True(await cache.AppendAsync(By, id, TestChunks.Bytes(Seed, number, 900_000), Cancellation), $"{number}: {cache.Statistics}");
            Assert.True(await cache.AppendBlocksAsync(By, id with { Index = id.Index + 1 }, 0, TestChunks.Bytes(Seed, number, 100_000), Cancellation), $"{number}: {cache.BlockStatistics}");
            written += 1_000_000;
            if (number % 32 == 0)
                Assert.InRange(TestChunks.BytesOnDisk(_directory.Path), 1, Capacity);
        }
    }

    private static byte[] Chunk(int index) => TestChunks.Bytes(Seed, 60 + index, ChunkGeometry.LengthOf(index, LargeSize));

    // An append is told of its flush before the flush's own timeout is taken back: one that the hour of a pin does not reach.
    private Task<ChunkCache> OpenAsync() => ChunkCache.OpenAsync(
        new ChunkCacheOptions { Drives = [TestChunks.Options(_directory.Path, Capacity) with { FlushTimeout = TimeSpan.FromDays(1) }] },
        _time, NullLoggerFactory.Instance, null, Cancellation);
}
