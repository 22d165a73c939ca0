using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage.Pins;

/// <summary>A drive that is full before the cache has its capacity, with a pinned object in the oldest segment.</summary>
public sealed class PinnedOnFullDiskTests
{
    private const int Seed = 43, Length = 3_000_000;

    private static readonly Origination By = new("acme", 1, Shared: false);
    private static readonly VersionFacts Pinned = new() { Bucket = "b", Key = "model", Generation = new Generation(1, 1), VersionId = "", Size = Length };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_store_takes_nothing_rather_than_give_up_what_is_pinned()
    {
        using var disk = SmallFileSystem.TryMount(96 << 20);
        Assert.SkipWhen(disk is null, "this user may not mount a file system");
        var directory = Directory.CreateDirectory(Path.Combine(disk.Path, "cache")).FullName;
        var time = new ManualTimeProvider();
        var options = TestChunks.Options(directory, 256 << 20) with { SegmentSize = ChunkLayout.MinimumSegmentSize };
        await using var cache = await ChunkCache.OpenAsync(
            new ChunkCacheOptions { Drives = [options], SmallShare = 0 }, time, NullLoggerFactory.Instance, null, Cancellation);
        Assert.True(cache.Pins.TryPin("b", "model", Pinned, null, "me", out _));
        var id = new ChunkId(Pinned.Generation, 0);
        Assert.True(await cache.AppendAsync(By, id, TestChunks.Bytes(Seed, 0, Length), Cancellation));
        var number = 1;
        while (await AppendAsync(cache, number))
            Assert.True(++number < 100, "the disk is full before the cache");

        for (var more = 0; more < 20; more++)
        {
            time.Advance(options.DiskFullPause * 2);
            Assert.False(await AppendAsync(cache, ++number));
        }

        Assert.Equal(Length, cache.ResidentBytes(Pinned.Generation, Length));
        Assert.Equal(0, cache.Statistics.EvictedSegments);

        Assert.Equal(1, cache.Pins.Release("b", "model"));
        time.Advance(options.DiskFullPause * 2);
        Assert.True(await AppendAsync(cache, ++number));
        Assert.False(cache.Contains(id));
    }

    private static ValueTask<bool> AppendAsync(ChunkCache cache, int number) =>
        cache.AppendAsync(By, TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, Length), Cancellation);
}
