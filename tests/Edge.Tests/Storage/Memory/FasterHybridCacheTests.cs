using System.Collections.Immutable;
using EdgeCache.Edge.Storage.Memory;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Memory;

public sealed class FasterHybridCacheTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task The_factory_runs_once_and_the_hit_is_synchronous()
    {
        await using var cache = await OpenAsync();
        var calls = 0;
        Assert.Equal(1, await GetAsync(cache, "key", () => ++calls));
        var hit = GetAsync(cache, "key", () => ++calls);
        Assert.True(hit.IsCompletedSuccessfully);
        Assert.Equal(1, await hit);
        Assert.Equal(1, await cache.GetOrCreateAsync("key".AsSpan(), _ => ValueTask.FromResult(++calls), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_hit_allocates_nothing()
    {
        await using var cache = await OpenAsync();
        Func<int, CancellationToken, ValueTask<string>> factory = static (_, _) => ValueTask.FromResult("value");
        await cache.GetOrCreateAsync("key", 0, factory, cancellationToken: Cancellation);
        var hits = 0;
        var cancellation = Cancellation;
        for (var warm = 0; warm < 2; warm++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1000; round++)
            {
                var hit = cache.GetOrCreateAsync("key", 0, factory, cancellationToken: cancellation);
                if (hit.IsCompletedSuccessfully && await hit == "value")
                    hits++;
            }

            Assert.True(warm == 0 || GC.GetAllocatedBytesForCurrentThread() - before == 0);
        }

        Assert.Equal(2000, hits);
    }

    [Fact]
    public async Task Entries_expire_by_their_options()
    {
        await using var cache = await OpenAsync();
        var calls = 0;
        var shortly = new HybridCacheEntryOptions { Expiration = TimeSpan.FromMinutes(10), LocalCacheExpiration = TimeSpan.FromMinutes(1) };
        await GetAsync(cache, "key", () => ++calls, shortly);
        await cache.FlushAsync(Cancellation);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await GetAsync(cache, "key", () => ++calls, shortly)); // from disk
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(2, await GetAsync(cache, "key", () => ++calls, shortly));
    }

    [Fact]
    public async Task Flags_switch_the_tiers()
    {
        await using var cache = await OpenAsync();
        var calls = 0;
        await GetAsync(cache, "key", () => ++calls);
        Assert.Equal(0, await GetAsync(cache, "other", () => ++calls, With(HybridCacheEntryFlags.DisableUnderlyingData)));
        Assert.Equal(1, await GetAsync(cache, "key", () => ++calls, With(HybridCacheEntryFlags.DisableUnderlyingData)));
        Assert.Equal(1, await GetAsync(cache, "key", () => ++calls, With(HybridCacheEntryFlags.DisableLocalCacheRead)));
        Assert.Equal(2, await GetAsync(cache, "key", () => ++calls, With(HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead)));
        const HybridCacheEntryFlags nowhere = HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite;
        Assert.Equal(3, await GetAsync(cache, "third", () => ++calls, With(nowhere)));
        Assert.Equal(4, await GetAsync(cache, "third", () => ++calls, With(nowhere)));
    }

    [Fact]
    public async Task A_tier_that_a_value_does_not_go_to_forgets_the_older_one()
    {
        await using var cache = await OpenAsync();
        await cache.SetAsync("a", 1, cancellationToken: Cancellation);
        await cache.SetAsync("a", 2, With(HybridCacheEntryFlags.DisableDistributedCache), cancellationToken: Cancellation);
        Assert.Equal(0, await GetAsync(cache, "a", () => 9, With(HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableUnderlyingData)));
        Assert.Equal(2, await GetAsync(cache, "a", () => 9));
        await cache.SetAsync("a", 3, With(HybridCacheEntryFlags.DisableLocalCacheWrite), cancellationToken: Cancellation);
        Assert.Equal(3, await GetAsync(cache, "a", () => 9));
    }

    [Fact]
    public async Task Set_remove_and_tags()
    {
        await using var cache = await OpenAsync();
        await cache.SetAsync("a", 1, tags: ["red"], cancellationToken: Cancellation);
        await cache.SetAsync("b", 2, tags: ["red", "blue"], cancellationToken: Cancellation);
        await cache.SetAsync("c", 3, tags: ["blue"], cancellationToken: Cancellation);
        await cache.SetAsync("d", 4, cancellationToken: Cancellation);
        Assert.Equal("1, 2, 3, 4", await PeekAsync(cache));

        await cache.RemoveAsync("d", Cancellation);
        Assert.Equal("1, 2, 3, 0", await PeekAsync(cache));
        await cache.RemoveByTagAsync("red", Cancellation);
        Assert.Equal("0, 0, 3, 0", await PeekAsync(cache));
        await cache.SetAsync("a", 5, tags: ["red"], cancellationToken: Cancellation);
        Assert.Equal("5, 0, 3, 0", await PeekAsync(cache));
        await cache.RemoveByTagAsync("*", Cancellation);
        Assert.Equal("0, 0, 0, 0", await PeekAsync(cache));
    }

    [Fact]
    public async Task A_restart_is_warm_and_forgets_nothing_that_was_removed()
    {
        await using (var cache = await OpenAsync())
        {
            await cache.SetAsync("a", 1, tags: ["red"], cancellationToken: Cancellation);
            await cache.SetAsync("b", 2, tags: ["blue"], cancellationToken: Cancellation);
            await cache.SetAsync("c", 3, cancellationToken: Cancellation);
            await cache.SetAsync("d", 4, cancellationToken: Cancellation);
            Assert.True(await cache.FlushAsync(Cancellation));
            await cache.RemoveByTagAsync("red", Cancellation);
            await cache.RemoveAsync("c", Cancellation);
            await cache.SetAsync("d", 44, cancellationToken: Cancellation);
        }

        await using (var cache = await OpenAsync())
            Assert.Equal("0, 2, 0, 44", await PeekAsync(cache));

        // The copy stands for a kill: what was flushed is there, removals included.
        await using var running = await OpenAsync();
        await running.RemoveAsync("b", Cancellation);
        Assert.True(await running.FlushAsync(Cancellation));
        TestChunks.CopyFiles(directory.Path, directory.Combine("copy"));
        await using var copy = await OpenAsync(Options with { Directory = directory.Combine("copy") });
        Assert.Equal("0, 0, 0, 44", await PeekAsync(copy));
    }

    [Fact]
    public async Task Immutable_records_with_our_types_round_trip_through_the_disk()
    {
        var facts = new Facts(Generation.New(TimeProvider.System), "ä/ö", ImmutableArray.Create<byte>(1, 2, 3), new DateTimeOffset(2026, 2, 3, 4, 5, 6, 7, TimeSpan.Zero));
        await using (var cache = await OpenAsync())
        {
            await cache.SetAsync("facts", facts, cancellationToken: Cancellation);
            await cache.SetAsync("text", "Grüße", cancellationToken: Cancellation);
            await cache.SetAsync("bytes", new byte[] { 9, 8 }, cancellationToken: Cancellation);
        }

        await using var again = await OpenAsync();
        var read = await again.GetOrCreateAsync<Facts>("facts", _ => throw new InvalidOperationException("a restart is warm"), cancellationToken: Cancellation);
        Assert.Equal((facts.Generation, facts.Key, facts.At), (read.Generation, read.Key, read.At));
        Assert.Equal(facts.Bytes, read.Bytes);
        Assert.Equal("Grüße", await again.GetOrCreateAsync("text", _ => ValueTask.FromResult(""), cancellationToken: Cancellation));
        Assert.Equal(new byte[] { 9, 8 }, await again.GetOrCreateAsync("bytes", _ => ValueTask.FromResult<byte[]>([]), cancellationToken: Cancellation));
        // Another type under the same key is not confused with it.
        Assert.Equal(7, await again.GetOrCreateAsync("facts", _ => ValueTask.FromResult(7), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Memory_is_bounded_by_number_and_bytes_and_keeps_what_is_used()
    {
        await using var cache = await OpenAsync(Options with { Directory = null, MaxEntries = 100, MaxBytes = 100_000 });
        await cache.SetAsync("hot", new byte[10], cancellationToken: Cancellation);
        for (var number = 0; number < 1000; number++)
        {
            await cache.SetAsync($"key{number}", new byte[number], cancellationToken: Cancellation);
            Assert.InRange(cache.LocalCount, 1, 100);
            Assert.InRange(cache.LocalBytes, 1, 100_000);
            Assert.NotNull(await cache.GetOrCreateAsync<byte[]>("hot", _ => throw new InvalidOperationException("what is hit stays"), cancellationToken: Cancellation));
        }

        await cache.SetAsync("large", new byte[200_000], cancellationToken: Cancellation);
        Assert.InRange(cache.LocalBytes, 1, 100_000);
    }

    [Fact]
    public async Task A_value_that_is_too_large_is_returned_but_not_kept()
    {
        await using var cache = await OpenAsync(Options with { MaxValueBytes = 1000 });
        await cache.SetAsync("key", "small", cancellationToken: Cancellation);
        await cache.SetAsync("key", new string('x', 2000), cancellationToken: Cancellation);
        Assert.Equal("made", await cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("made"), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Options_out_of_range_are_reported_together()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync(Options with { DiskCapacity = 1, MaxEntries = 0 }));
        Assert.Contains("8 MiB", fault.Message, StringComparison.Ordinal);
        Assert.Contains("bounds", fault.Message, StringComparison.Ordinal);
    }

    private FasterHybridCacheOptions Options => new()
    {
        Directory = directory.Path,
        DiskCapacity = FasterHybridCacheOptions.MinimumDiskCapacity,
        Durability = Durability.Flushed,
    };

    private Task<FasterHybridCache> OpenAsync(FasterHybridCacheOptions? options = null) =>
        FasterHybridCache.OpenAsync(options ?? Options, null, time, NullLoggerFactory.Instance, null);

    private static ValueTask<int> GetAsync(HybridCache cache, string key, Func<int> make, HybridCacheEntryOptions? options = null) =>
        cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(make()), options, cancellationToken: Cancellation);

    private static async Task<string> PeekAsync(HybridCache cache)
    {
        var values = new List<int>();
        foreach (var key in new[] { "a", "b", "c", "d" })
            values.Add(await GetAsync(cache, key, () => throw new InvalidOperationException("a peek makes nothing"), With(HybridCacheEntryFlags.DisableUnderlyingData)));
        return string.Join(", ", values);
    }

    private static HybridCacheEntryOptions With(HybridCacheEntryFlags flags) => new() { Flags = flags };

    private sealed record Facts(Generation Generation, string Key, ImmutableArray<byte> Bytes, DateTimeOffset At);
}
