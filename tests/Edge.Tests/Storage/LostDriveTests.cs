using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage;

/// <summary>A drive that goes and comes under an edge that serves.</summary>
public sealed class LostDriveTests : IDisposable
{
    private const int Seed = 15, Size = 300_000;

    /// <summary>Only ends a test that has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_edge_goes_on_without_a_drive_fetches_its_share_again_and_takes_it_back()
    {
        var (kept, lost) = (_directory.CreateDirectory("kept"), _directory.CreateDirectory("lost"));
        await using var cluster = await StartAsync(kept, lost);
        var objects = 0;
        while (cluster.Edge.Parts.Store.Drives.Any(static drive => drive.Statistics.LiveChunks < 3))
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"{objects}", ByteStreams.Content(Seed + objects, Size));
            await cluster.CaughtUpAsync();
            await ReadAsync(cluster, objects++);
            await ObjectReadTests.StoredAsync(cluster);
        }

        var share = cluster.Edge.Parts.Store.Drives[1].Statistics.LiveChunks;
        var asked = cluster.Ord.Ranges.Count;
        Directory.Delete(lost, recursive: true);
        await UntilAsync(() => !cluster.Edge.Parts.Store.Drives[1].IsPresent);
        await ReadAllAsync(cluster, objects);
        Assert.Equal(asked + share, cluster.Ord.Ranges.Count);
        await ObjectReadTests.StoredAsync(cluster);
        await ReadAllAsync(cluster, objects);
        Assert.Equal(asked + share, cluster.Ord.Ranges.Count);
        await ReadyAsync(cluster);
        Assert.Contains($"edgecache_edge_nvme_present{{drive=\"{lost}\"}} 0", await AdminAsync(cluster, "/metrics"), StringComparison.Ordinal);

        // A restart does not need it either.
        await cluster.RestartEdgeAsync();
        await ReadyAsync(cluster);
        await ReadAllAsync(cluster, objects);
        Assert.Equal(asked + share, cluster.Ord.Ranges.Count);

        Directory.CreateDirectory(lost);
        await UntilAsync(() => cluster.Edge.Parts.Store.Drives[1].TakesAppends);
        var before = objects;
        while (cluster.Edge.Parts.Store.Drives[1].Statistics.LiveChunks == 0)
        {
            cluster.Ord.Put(EdgeCluster.Bucket, $"{objects}", ByteStreams.Content(Seed + objects, Size));
            await cluster.CaughtUpAsync();
            await ReadAsync(cluster, objects++);
            await ObjectReadTests.StoredAsync(cluster);
            Assert.True(objects < before + 64, "the drive takes no share");
        }

        await ReadAllAsync(cluster, objects);
    }

    private static Task<EdgeCluster> StartAsync(params string[] directories) => EdgeCluster.StartAsync(settings =>
    {
        for (var i = 0; i < directories.Length; i++)
            settings[$"Edge:CacheDirectories:{i}"] = directories[i];
    });

    private static async Task ReadAllAsync(EdgeCluster cluster, int count)
    {
        for (var number = 0; number < count; number++)
            await ReadAsync(cluster, number);
    }

    private static async Task ReadAsync(EdgeCluster cluster, int number) =>
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed + number, 0, await cluster.ReadAsync($"{number}")));

    private static async Task ReadyAsync(EdgeCluster cluster) => Assert.Equal("ready\n", await AdminAsync(cluster, "/readyz"));

    private static async Task<string> AdminAsync(EdgeCluster cluster, string path)
    {
        using var response = await cluster.Client.GetAsync(new Uri(cluster.Edge.AdminEndpoint, path), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }
}
