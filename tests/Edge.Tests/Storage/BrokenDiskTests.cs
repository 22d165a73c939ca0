using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage;

/// <summary>A block device that really fails to read, under a running edge.</summary>
public sealed class BrokenDiskTests
{
    private const int Seed = 16, Objects = 12, Size = 3_000_000, SmallObjects = 40, SmallSize = 20_000;

    [Theory]
    [InlineData("strict")]
    [InlineData("once")]
    public async Task What_the_disk_cannot_read_any_more_is_fetched_again(string checksums)
    {
        using var disk = FailingDisk.TryMount(512 << 20);
        Assert.SkipWhen(disk is null, "this user may not set up a block device");
        var directory = Directory.CreateDirectory(Path.Combine(disk.Path, "cache")).FullName;
        await using var cluster = await EdgeCluster.StartAsync(settings =>
        {
            settings["Edge:CacheDirectories:0"] = directory;
            settings["Edge:Checksums"] = checksums;
        });
        for (var number = 0; number < Objects + SmallObjects; number++)
            cluster.Ord.Put(EdgeCluster.Bucket, $"{number}", ByteStreams.Content(Seed + number, SizeOf(number)));
        await cluster.CaughtUpAsync();
        await ReadAllAsync(cluster);
        await ObjectReadTests.StoredAsync(cluster);
        var asked = cluster.Ord.Ranges.Count;
        await ReadAllAsync(cluster);
        Assert.Equal(asked, cluster.Ord.Ranges.Count);

        disk.Settle();
        disk.BreakAfter(intact: 16 << 20);
        await ReadAllAsync(cluster);

        Assert.True(cluster.Ord.Ranges.Count > asked, "Nothing was fetched again: the disk was not asked, or did not fail.");
        Assert.True(cluster.Edge.Parts.Store.Statistics.ReadFailures > 0);

        // Whatever became of the store, also what came meanwhile is served, and whole.
        await ReadAllAsync(cluster);
    }

    private static async Task ReadAllAsync(EdgeCluster cluster)
    {
        for (var number = 0; number < Objects + SmallObjects; number++)
        {
            var body = await cluster.ReadAsync($"{number}");
            Assert.Equal((SizeOf(number), -1), (body.Length, ByteStreams.FirstDifference(Seed + number, 0, body)));
        }
    }

    private static int SizeOf(int number) => number < Objects ? Size : SmallSize;
}
