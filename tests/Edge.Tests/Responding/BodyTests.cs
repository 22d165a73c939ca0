using System.Net;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Pipeline;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Responding;

/// <summary>Bodies from the cache's files and by copy are the same bytes.</summary>
public sealed class BodyTests
{
    private const int Seed = 31, Size = (9 << 20) + 77;
    private const byte Reader = 3;

    public static TheoryData<bool, string> Modes => new() { { true, "strict" }, { true, "once" }, { false, "strict" }, { false, "once" } };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Stored_bytes_are_the_objects_in_whatever_range(bool zeroCopy, string policy)
    {
        await using var cluster = await StartAsync(zeroCopy, policy);
        await CacheAsync(cluster, "a");
        var asked = cluster.Ord.Ranges.Count;

        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync("a")));
        foreach (var (first, last) in new[] { (0, 0), (1, 70_000), (4_194_303, 4_194_304), (65_535, 8_400_000), (Size - 20_000, Size - 1), (4_194_304, 8_388_607) })
        {
            var bytes = await cluster.ReadAsync("a", $"bytes={first}-{last}");
            Assert.Equal(last - first + 1, bytes.Length);
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, first, bytes));
        }

        Assert.Equal(asked, cluster.Ord.Ranges.Count);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Half_of_the_chunks_stored_and_half_of_them_arriving_make_one_body(bool zeroCopy, string policy)
    {
        await using var cluster = await StartAsync(zeroCopy, policy);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, Size));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a", $"bytes={ChunkGeometry.PayloadSize}-{(2 * ChunkGeometry.PayloadSize) - 1}");
        await ObjectReadTests.StoredAsync(cluster);

        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync("a")));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_small_object_is_sent_as_it_is_and_fetched_again_when_its_file_is_damaged(bool zeroCopy, string policy)
    {
        const int Small = 60_000;
        await using var cluster = await StartAsync(zeroCopy, policy);
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(Seed, Small));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync("a");
        await ObjectReadTests.StoredAsync(cluster);
        var asked = cluster.Ord.Ranges.Count;
        Assert.Equal(ByteStreams.Content(Seed, 20_000, 30_000), await cluster.ReadAsync("a", "bytes=20000-49999"));
        Assert.Equal(ByteStreams.Content(Seed, Small), await cluster.ReadAsync("a"));
        Assert.Equal(asked, cluster.Ord.Ranges.Count);

        // Nothing is known to be intact after a start.
        await cluster.RestartEdgeAsync(() => FlipByte(cluster.Edge.Parts.Store.Drives[0].Name, ByteStreams.Content(Seed, Small)));

        Assert.Equal(ByteStreams.Content(Seed, Small), await cluster.ReadAsync("a"));
        Assert.Equal(asked + 1, cluster.Ord.Ranges.Count);
        await ObjectReadTests.StoredAsync(cluster);
        Assert.Equal(ByteStreams.Content(Seed, Small), await cluster.ReadAsync("a"));
        Assert.Equal(asked + 1, cluster.Ord.Ranges.Count);
    }

    [Fact]
    public async Task Under_once_what_a_file_has_lost_is_fetched_again_before_it_is_promised()
    {
        await using var cluster = await StartAsync(zeroCopy: true, "once");
        var id = await CacheAsync(cluster, "a");
        await cluster.ReadAsync("a"); // all blocks are verified, and none is read by the process any more
        Assert.True(cluster.Edge.Parts.Store.TryGet(id, Reader, out var lease));
        using (lease)
        {
            RandomAccess.SetLength(lease.Handle, lease.FileOffset + ChunkGeometry.BlockSize);
        }

        var asked = cluster.Ord.Ranges.Count;

        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync("a")));
        Assert.True(cluster.Ord.Ranges.Count > asked);
    }

    [Fact]
    public async Task A_lease_is_held_no_longer_than_its_region_is_sent()
    {
        await using var cluster = await StartAsync(zeroCopy: true, "once");
        await CacheAsync(cluster, "a");

        for (var i = 0; i < 10; i++)
        {
            // Left in the middle, mostly.
            using var response = await cluster.GetAsync("a");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await body.ReadExactlyAsync(new byte[i * 10_000], TestContext.Current.CancellationToken);
        }

        // A purged object's segments can only go once nobody holds them: the edge stops, and its files are closed.
        var path = cluster.Edge.Parts.Store.Drives[0].Name;
        await cluster.RestartEdgeAsync(() => Assert.DoesNotContain(
            new DirectoryInfo("/proc/self/fd").GetFiles(), handle => handle.LinkTarget?.StartsWith(path, StringComparison.Ordinal) == true));
    }

    /// <summary>Changes the middle of the content wherever it lies.</summary>
    private static void FlipByte(string directory, byte[] content)
    {
        var found = 0;
        foreach (var path in Directory.EnumerateFiles(directory, "blocks*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan().IndexOf(content) is >= 0 and var at)
            {
                bytes[at + (content.Length / 2)] ^= 1;
                File.WriteAllBytes(path, bytes);
                found++;
            }
        }

        Assert.Equal(1, found);
    }

    private static Task<EdgeCluster> StartAsync(bool zeroCopy, string policy) => EdgeCluster.StartAsync(settings =>
    {
        settings["Edge:ZeroCopy"] = zeroCopy ? "true" : "false";
        settings["Edge:Checksums"] = policy;
    });

    private static async Task<ChunkId> CacheAsync(EdgeCluster cluster, string key)
    {
        cluster.Ord.Put(EdgeCluster.Bucket, key, ByteStreams.Content(Seed, Size));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync(key);
        await ObjectReadTests.StoredAsync(cluster);
        return new ChunkId(cluster.Ord.Ranges.Last(range => range.Key == key).Generation, 0);
    }
}
