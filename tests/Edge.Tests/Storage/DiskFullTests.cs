using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage;

/// <summary>A file system that really is full, under a running edge.</summary>
public sealed class DiskFullTests
{
    private const int Seed = 14, Size = 3_000_000;
    private const string NoMount = "this user may not mount a file system";

    /// <summary>Only ends a test that has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task On_a_full_disk_reads_pass_through_until_there_is_space()
    {
        const int Objects = 8;
        using var disk = SmallFileSystem.TryMount(128 << 20);
        Assert.SkipWhen(disk is null, NoMount);
        await using var cluster = await StartAsync(Directory.CreateDirectory(Path.Combine(disk.Path, "cache")).FullName);
        await PutAsync(cluster, 0, Objects);

        // Not a byte for the log or its journal.
        var ballast = disk.Fill(free: 0);
        Assert.Equal(0, disk.FreeBytes);
        for (var round = 0; round < 2; round++)
        {
            await ReadAllAsync(cluster, Objects);
            Assert.Equal(0, Store(cluster).LiveChunks);
        }

        Assert.True(Store(cluster).RefusedAppends >= Objects);
        File.Delete(ballast);
        await UntilAllStoredAsync(cluster, Objects);
        var asked = cluster.Ord.Ranges.Count;
        await ReadAllAsync(cluster, Objects);
        Assert.Equal(asked, cluster.Ord.Ranges.Count);

        // Full again, it serves what it has, and gives some of it up for what is wanted now.
        await PutAsync(cluster, Objects, 2 * Objects);
        ballast = disk.Fill(free: 0);
        await ReadAllAsync(cluster, Objects);
        Assert.Equal(asked, cluster.Ord.Ranges.Count);
        await ReadAllAsync(cluster, 2 * Objects);
        await ObjectReadTests.StoredAsync(cluster);
        Assert.True(Store(cluster) is { EvictedSegments: > 0, LiveChunks: > 0 }, $"{Store(cluster)}");
        File.Delete(ballast);
        await UntilAllStoredAsync(cluster, 2 * Objects);
    }

    [Fact]
    public async Task A_cache_that_was_promised_more_than_the_disk_has_lives_in_what_there_is()
    {
        // The settings say 256 MiB; the disk has 96.
        using var disk = SmallFileSystem.TryMount(96 << 20);
        Assert.SkipWhen(disk is null, NoMount);
        var directory = Directory.CreateDirectory(Path.Combine(disk.Path, "cache")).FullName;
        await using var cluster = await StartAsync(directory);
        await PutAsync(cluster, 0, 60);
        await ReadAllAsync(cluster, 60);
        await ObjectReadTests.StoredAsync(cluster);
        var first = Store(cluster);
        Assert.True(first.EvictedSegments > 0, $"{first}");
        Assert.True(first.LiveChunks > 0);

        await cluster.RestartEdgeAsync();
        Assert.True(Store(cluster).LiveChunks > 0);
        await ReadAllAsync(cluster, 60);
    }

    private static ChunkStoreFacts Store(EdgeCluster cluster)
    {
        var now = cluster.Edge.Parts.Store.Statistics;
        return new ChunkStoreFacts(now.LiveChunks, now.RefusedAppends, now.EvictedSegments, now.Degraded);
    }

    private static Task<EdgeCluster> StartAsync(string directory) => EdgeCluster.StartAsync(settings => settings["Edge:CacheDirectories:0"] = directory);

    private static async Task PutAsync(EdgeCluster cluster, int from, int to)
    {
        for (var number = from; number < to; number++)
            cluster.Ord.Put(EdgeCluster.Bucket, $"{number}", ByteStreams.Content(Seed + number, Size));
        await cluster.CaughtUpAsync();
    }

    private static async Task ReadAllAsync(EdgeCluster cluster, int count)
    {
        for (var number = 0; number < count; number++)
            await ReadAsync(cluster, number);
    }

    private static Task UntilAllStoredAsync(EdgeCluster cluster, int count) => UntilAsync(async () =>
    {
        await ReadAllAsync(cluster, count);
        return Store(cluster) is { Degraded: false } store && store.LiveChunks == count;
    });

    private static async Task ReadAsync(EdgeCluster cluster, int number) =>
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed + number, 0, await cluster.ReadAsync($"{number}")));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }

    private sealed record ChunkStoreFacts(long LiveChunks, long RefusedAppends, long EvictedSegments, bool Degraded);
}
