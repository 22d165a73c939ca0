using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Pipeline;

/// <summary>What the medium spoils is never served: the request that meets it succeeds with the right bytes.</summary>
public sealed class DamagedReadTests
{
    private const int Seed = 12, Size = 1_000_000;
    private const byte Reader = 9;

    [Theory]
    [InlineData("strict")]
    [InlineData("once")]
    public async Task A_damaged_block_is_fetched_again_while_the_request_waits(string policy)
    {
        await using var cluster = await EdgeCluster.StartAsync(settings => settings["Edge:Checksums"] = policy);
        foreach (var kind in Enum.GetValues<DamageKind>())
        {
            var key = kind.ToString();
            var id = await CacheAsync(cluster, key);

            // After a restart nothing is known of the blocks but what the medium says.
            await cluster.RestartEdgeAsync();
            Spoil(cluster, id, kind);
            var asked = cluster.Ord.Ranges.Count;
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync(key)));
            Assert.Equal(1, cluster.Edge.Parts.Store.Statistics.ChecksumFailures);
            Assert.Equal(asked + 1, cluster.Ord.Ranges.Count);

            await ObjectReadTests.StoredAsync(cluster);
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync(key)));
            Assert.Equal(asked + 1, cluster.Ord.Ranges.Count);
            Assert.Equal(1, cluster.Edge.Parts.Store.Statistics.ChecksumFailures);
        }
    }

    [Fact]
    public async Task Under_strict_damage_after_the_first_read_is_found_by_the_next_in_whatever_range()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var id = await CacheAsync(cluster, "a");
        await cluster.ReadAsync("a");
        Spoil(cluster, id, DamageKind.FlippedByte);
        var range = await cluster.ReadAsync("a", $"bytes={ChunkGeometry.BlockSize + 16}-{ChunkGeometry.BlockSize + 19}");
        Assert.Equal(ByteStreams.Content(Seed, ChunkGeometry.BlockSize + 16, 4), range);
        Assert.Equal(1, cluster.Edge.Parts.Store.Statistics.ChecksumFailures);
    }

    [Fact]
    public async Task A_chunk_that_cannot_be_read_is_fetched_again_too()
    {
        await using var cluster = await EdgeCluster.StartAsync();
        var id = await CacheAsync(cluster, "a");
        Assert.True(cluster.Edge.Parts.Store.TryGet(id, Reader, out var lease));
        using (lease)
            RandomAccess.SetLength(lease.Handle, lease.FileOffset);
        Assert.Equal(-1, ByteStreams.FirstDifference(Seed, 0, await cluster.ReadAsync("a")));
        Assert.Equal(2, cluster.Ord.Ranges.Count);
    }

    private static async Task<ChunkId> CacheAsync(EdgeCluster cluster, string key)
    {
        cluster.Ord.Put(EdgeCluster.Bucket, key, ByteStreams.Content(Seed, Size));
        await cluster.CaughtUpAsync();
        await cluster.ReadAsync(key);
        await ObjectReadTests.StoredAsync(cluster);
        return new ChunkId(cluster.Ord.Ranges.Last(range => range.Key == key).Generation, 0);
    }

    private static void Spoil(EdgeCluster cluster, ChunkId id, DamageKind kind)
    {
        Assert.True(cluster.Edge.Parts.Store.TryGet(id, Reader, out var lease));
        using (lease)
            Damage.Apply(kind, lease);
    }
}
