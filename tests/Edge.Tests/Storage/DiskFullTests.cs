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
    public async Task A_full_disk_narrows_the_edge_to_what_it_has_and_to_passing_through_until_there_is_space()
    {
        using var disk = SmallFileSystem.TryMount(128 << 20);
        Assert.SkipWhen(disk is null, NoMount);
        await using var cluster = await StartAsync(Directory.CreateDirectory(Path.Combine(disk.Path, "cache")).FullName);
        await PutAsync(cluster, 0, 12);
        for (var number = 0; number < 4; number++)
            await ReadAsync(cluster, number);
        await ObjectReadTests.StoredAsync(cluster);
        var held = Store(cluster).LiveChunks;
        Assert.Equal(4, held);

        // Not a byte for the log or its journal.
        var ballast = disk.Fill(free: 0);
        Assert.Equal(0, disk.FreeBytes);
        var asked = cluster.Ord.Ranges.Count;
        for (var number = 0; number < 12; number++)
            await ReadAsync(cluster, number);
        Assert.True(cluster.Ord.Ranges.Count > asked);
        for (var number = 0; number < 4; number++)
            await ReadAsync(cluster, number);
        Assert.True(Store(cluster).RefusedAppends > 0);

        File.Delete(ballast);
        await UntilAsync(async () =>
        {
            for (var number = 0; number < 12; number++)
                await ReadAsync(cluster, number);
            return Store(cluster) is { LiveChunks: 12, Degraded: false };
        });
        asked = cluster.Ord.Ranges.Count;
        for (var number = 0; number < 12; number++)
            await ReadAsync(cluster, number);
        Assert.Equal(asked, cluster.Ord.Ranges.Count);
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
        for (var number = 0; number < 60; number++)
            await ReadAsync(cluster, number);
        await ObjectReadTests.StoredAsync(cluster);
        var first = Store(cluster);
        Assert.True(first.EvictedSegments > 0, $"{first}");
        Assert.True(first.LiveChunks > 0);

        await cluster.RestartEdgeAsync();
        Assert.True(Store(cluster).LiveChunks > 0);
        for (var number = 0; number < 60; number++)
            await ReadAsync(cluster, number);
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
