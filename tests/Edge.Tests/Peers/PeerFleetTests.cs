using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Peers;

public sealed class PeerFleetTests
{
    private const int ModelSize = 200_000_000;

    [Fact]
    public async Task Four_edges_that_load_a_model_at_once_cost_the_origin_exactly_its_size()
    {
        await using var fleet = await EdgeFleet.StartAsync(4);
        var (facts, _) = fleet.Ord.Put(EdgeFleet.Bucket, "model", ByteStreams.Content(EdgeFleet.Seed, ModelSize));
        await fleet.CaughtUpAsync();
        await Task.WhenAll(fleet.Edges.Select(e => fleet.LoadAsync(e, "model", ModelSize)));

        Assert.Equal(ModelSize, fleet.Ord.Ranges.Sum(static r => r.To - r.From + 1));
        await fleet.QuietAsync();
        var chunks = ChunkGeometry.IndexOf(ModelSize - 1) + 1;
        for (var i = 0; i < chunks; i++)
        {
            // The datacenter's cache is the sum of its edges': each chunk lies where it belongs, and nowhere else.
            var id = new ChunkId(facts.Generation, i);
            Assert.Equal(fleet.OwnerOf(id), Assert.Single(fleet.Edges, e => e.Parts.Store.Contains(id)));
        }
    }

    [Fact]
    public async Task An_answer_names_the_peer_that_had_the_bytes()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var key = await fleet.PutOwnedByAsync(fleet.Edges[1], 100_000);
        Assert.Equal("LGA2; fwd=uri-miss; stored; detail=cold", await fleet.LoadAsync(fleet.Edges[1], key, 100_000));
        Assert.Equal("LGA1; fwd=uri-miss; detail=cold/peer:LGA2", await fleet.LoadAsync(fleet.Edges[0], key, 100_000));
        Assert.Single(fleet.Ord.Ranges);
    }

    [Fact]
    public async Task Bytes_come_through_a_peer_as_they_reach_it()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var key = await fleet.PutOwnedByAsync(fleet.Edges[1], 1_000_000);
        var rest = new TaskCompletionSource();
        fleet.Ord.OnRange = async (context, range) =>
        {
            await fleet.Ord.SendAsync(context, range, limit: 1000);
            await rest.Task;
            await fleet.Ord.SendAsync(context, range with { From = range.From + 1000 });
            return true;
        };
        using var response = await fleet.GetAsync(fleet.Edges[0], key);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var bytes = new byte[1_000_000];
        await body.ReadExactlyAsync(bytes.AsMemory(0, 1000), TestContext.Current.CancellationToken);
        rest.SetResult();
        await body.ReadExactlyAsync(bytes.AsMemory(1000), TestContext.Current.CancellationToken);
        Assert.Equal(-1, ByteStreams.FirstDifference(EdgeFleet.Seed, 0, bytes));
    }

    [Fact]
    public async Task A_chunk_that_is_hot_here_is_copied()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var key = await fleet.PutOwnedByAsync(fleet.Edges[1], 100_000);
        await fleet.LoadAsync(fleet.Edges[0], key, 100_000, from: "127.0.0.1");
        await fleet.QuietAsync();
        Assert.Equal(0, fleet.Edges[0].Parts.Store.Statistics.LiveChunks);

        await fleet.LoadAsync(fleet.Edges[0], key, 100_000, from: "127.0.0.2");
        await fleet.QuietAsync();
        Assert.Equal("LGA1; hit", await fleet.LoadAsync(fleet.Edges[0], key, 100_000, from: "127.0.0.1"));
        Assert.Single(fleet.Ord.Ranges);
    }

    [Fact]
    public async Task A_version_that_is_gone_is_resolved_anew_by_the_edge_that_asked_a_peer()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var key = await fleet.PutOwnedByAsync(fleet.Edges[1], 100_000);
        using (var head = await fleet.GetAsync(fleet.Edges[0], key, range: "bytes=200000-"))
        {
            // The mapping is cached now, and becomes stale without a word.
        }

        fleet.Ord.Put(EdgeFleet.Bucket, key, ByteStreams.Content(EdgeFleet.Seed, 50_000), publish: false);
        await fleet.LoadAsync(fleet.Edges[0], key, 50_000);
    }

    [Fact]
    public async Task Edges_that_see_different_peers_pass_nothing_on_twice_and_wait_for_nobody_in_a_circle()
    {
        await using var fleet = await EdgeFleet.StartAsync(3);
        var (first, second, third) = (fleet.Edges[0], fleet.Edges[1], fleet.Edges[2]);
        await fleet.IntroduceAsync(first, [second]);
        await fleet.IntroduceAsync(second, [third]);
        var key = "";
        for (var i = 0; key.Length == 0; i++)
        {
            var (facts, _) = fleet.Ord.Put(EdgeFleet.Bucket, $"key-{i}", ByteStreams.Content(EdgeFleet.Seed, 100_000));
            var id = new ChunkId(facts.Generation, 0);
            key = first.Parts.Peers!.Set.OwnerOf(id) is not null && second.Parts.Peers!.Set.OwnerOf(id) is not null ? $"key-{i}" : "";
        }

        await fleet.CaughtUpAsync();
        var gate = new TaskCompletionSource();
        fleet.Ord.OnRange = async (_, _) =>
        {
            await gate.Task;
            return false;
        };

        // The second waits for the third by now; the first asks the second, which must neither ask the third for it nor let it wait for that.
        var loading = fleet.LoadAsync(second, key, 100_000);
        await EdgeFleet.UntilAsync(() => fleet.Ord.Ranges.Count == 1);
        var other = fleet.LoadAsync(first, key, 100_000);
        await EdgeFleet.UntilAsync(() => fleet.Ord.Ranges.Count == 2);
        gate.SetResult();
        Assert.Equal("LGA2; fwd=uri-miss; detail=cold/peer:LGA3", await loading);
        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=cold", await other);
    }
}
