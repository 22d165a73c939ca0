using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>A real edge, LGA1, and a peer that misbehaves as scripted. In every case the client gets all bytes, and the region only what the peer did not give.</summary>
public sealed class PeerFailureTests
{
    private const int Size = 1_000_000;
    private const int Early = 300_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_peer_that_breaks_off_is_replaced_where_it_stopped()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
        var received = new TaskCompletionSource();
        peer.OnChunk = async (context, request) =>
        {
            await peer.SendAsync(context, request.Offset, Early);
            await received.Task;
            context.Abort();
        };
        var key = await PutOwnedByPeerAsync(fleet, peer);
        using var response = await fleet.GetAsync(fleet.Edges[0], key);
        Assert.Equal("LGA1; fwd=uri-miss; detail=cold/peer:LGA2", response.Headers.GetValues("Cache-Status").Single());
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var bytes = new byte[Size];
        await body.ReadExactlyAsync(bytes.AsMemory(0, Early), Token);
        received.SetResult();
        await body.ReadExactlyAsync(bytes.AsMemory(Early), Token);
        Assert.Equal(-1, ByteStreams.FirstDifference(EdgeFleet.Seed, 0, bytes));
        Assert.Equal(Early, Assert.Single(fleet.Ord.Ranges).From);
        Assert.Equal(0, fleet.Edges[0].Parts.Peers!.Set.Alive);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_taken_for_dead_within_a_second_and_what_it_gave_is_kept()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
        peer.OnChunk = async (context, request) =>
        {
            await peer.SendAsync(context, request.Offset, Early);
            await SleepAsync(context);
        };
        var key = await PutOwnedByPeerAsync(fleet, peer);
        var idle = fleet.Time.ArmedTimers;
        using var response = await fleet.GetAsync(fleet.Edges[0], key);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var bytes = new byte[Size];
        await body.ReadExactlyAsync(bytes.AsMemory(0, Early), Token);
        var rest = body.ReadExactlyAsync(bytes.AsMemory(Early), Token).AsTask();

        // Two timers run once the edge waits for the next frame: that of the fill's stall, and that of the peer's silence.
        await fleet.Time.WhenArmedAsync(idle + 2, Token);
        fleet.Time.Advance(TimeSpan.FromSeconds(1));
        await rest;
        Assert.Equal(-1, ByteStreams.FirstDifference(EdgeFleet.Seed, 0, bytes));
        Assert.Equal(Early, Assert.Single(fleet.Ord.Ranges).From);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_at_all_is_skipped_within_a_second()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
        peer.OnChunk = static (context, _) => SleepAsync(context);
        var key = await PutOwnedByPeerAsync(fleet, peer);
        var loading = fleet.LoadAsync(fleet.Edges[0], key, Size);
        await EdgeFleet.UntilAsync(() => peer.Requests.Count == 1);
        fleet.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("LGA1; fwd=uri-miss; stored; detail=cold", await loading);
        Assert.Equal(0, Assert.Single(fleet.Ord.Ranges).From);

        // It is not asked again as long as it is out.
        await fleet.LoadAsync(fleet.Edges[0], await PutAsync(fleet), Size);
        Assert.Single(peer.Requests);
    }

    [Fact]
    public async Task A_peer_that_says_it_is_alive_and_gives_nothing_is_given_up_for_the_region()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
        peer.OnChunk = static async (context, _) =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[PeerFrame.HeaderSize], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Yield();
            }
        };
        var key = await PutOwnedByPeerAsync(fleet, peer);
        var known = fleet.Edges[0].Parts.Peers!.Set.All.Single();
        var loading = fleet.LoadAsync(fleet.Edges[0], key, Size);
        await EdgeFleet.UntilAsync(() => peer.Requests.Count == 1);
        for (var waited = TimeSpan.Zero; waited < PeerTimes.FirstBytes; waited += PeerTimes.Heartbeat / 2)
        {
            // Each step of the clock waits until the edge has had a sign of life since the last one.
            fleet.Time.Advance(PeerTimes.Heartbeat / 2);
            await EdgeFleet.UntilAsync(() => known.SilentFor == TimeSpan.Zero || loading.IsCompleted);
        }

        await loading;
        Assert.Single(fleet.Ord.Ranges);
        Assert.Equal(1, fleet.Edges[0].Parts.Peers!.Set.Alive);
    }

    [Fact]
    public async Task Bytes_that_were_damaged_on_the_way_are_fetched_elsewhere()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
        peer.OnChunk = async (context, request) =>
        {
            await peer.SendAsync(context, request.Offset, PeerFrame.MaxPayload);
            await peer.SendAsync(context, request.Offset + PeerFrame.MaxPayload, request.Length - PeerFrame.MaxPayload, damaged: true);
        };
        await fleet.LoadAsync(fleet.Edges[0], await PutOwnedByPeerAsync(fleet, peer), Size);
        Assert.Equal(PeerFrame.MaxPayload, Assert.Single(fleet.Ord.Ranges).From);
    }

    [Fact]
    public async Task A_peer_that_refuses_or_fails_or_has_too_much_to_do_leaves_the_region()
    {
        foreach (var status in new[] { 400, 401, 404, 500, 503 })
        {
            await using var fleet = await EdgeFleet.StartAsync(1);
            await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
            peer.OnChunk = (context, _) =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            };
            await fleet.LoadAsync(fleet.Edges[0], await PutOwnedByPeerAsync(fleet, peer), Size);
            Assert.Single(fleet.Ord.Ranges);
            Assert.Equal(status is 400 or 404 or 503 ? 1 : 0, fleet.Edges[0].Parts.Peers!.Set.Alive);
        }
    }

    [Fact]
    public async Task A_peer_that_comes_back_is_asked_again_after_its_pause()
    {
        await using var fleet = await EdgeFleet.StartAsync(1);
        await using var peer = await ScriptedPeer.StartAsync("LGA2", EdgeFleet.Seed);
        peer.OnChunk = static (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        await fleet.LoadAsync(fleet.Edges[0], await PutOwnedByPeerAsync(fleet, peer), Size);
        var peers = fleet.Edges[0].Parts.Peers!;
        Assert.Equal(0, peers.Set.Alive);
        await peers.Monitor.CheckAsync(Token);
        Assert.Equal(0, peers.Set.Alive);

        peer.OnChunk = null;
        fleet.Time.Advance(PeerTimes.FirstPause);
        await peers.Monitor.CheckAsync(Token);
        Assert.Equal(1, peers.Set.Alive);
        await fleet.LoadAsync(fleet.Edges[0], await PutOwnedByPeerAsync(fleet, peer), Size);
        Assert.Single(fleet.Ord.Ranges);
    }

    [Fact]
    public async Task The_share_of_a_dead_edge_goes_to_the_next_ones_and_is_fetched_once()
    {
        const int size = 20 * ChunkGeometry.PayloadSize;
        await using var fleet = await EdgeFleet.StartAsync(3);
        var (facts, _) = fleet.Ord.Put(EdgeFleet.Bucket, "model", ByteStreams.Content(EdgeFleet.Seed, size));
        await fleet.CaughtUpAsync();
        await fleet.LoadAsync(fleet.Edges[0], "model", size);
        await fleet.QuietAsync();
        Assert.Equal(size, fleet.Ord.Ranges.Sum(static r => r.To - r.From + 1));

        var dead = fleet.Edges[2];
        var share = Enumerable.Range(0, 20).Where(i => fleet.OwnerOf(new ChunkId(facts.Generation, i)) == dead).ToArray();
        await dead.DisposeAsync();
        fleet.Edges.Remove(dead);

        // Whoever was heard a moment ago is only found dead by asking it for a chunk, and meanwhile two edges may both fetch that.
        fleet.Time.Advance(PeerTimes.Silence);
        foreach (var edge in fleet.Edges)
        {
            await edge.Parts.Peers!.Monitor.CheckAsync(Token);
            Assert.Equal(1, edge.Parts.Peers.Set.Alive);
        }

        fleet.Ord.Ranges.Clear();
        await Task.WhenAll(fleet.Edges.Select(e => fleet.LoadAsync(e, "model", size)));
        Assert.Equal(share, fleet.Ord.Ranges.Select(static r => ChunkGeometry.IndexOf(r.From)).Order());
    }

    private static async Task<string> PutOwnedByPeerAsync(EdgeFleet fleet, ScriptedPeer peer)
    {
        var peers = fleet.Edges[0].Parts.Peers!;
        if (peers.Set.Alive == 0)
        {
            peers.Discovery.Set([peer.Address]);
            await peers.Monitor.CheckAsync(Token);
        }

        for (var i = 0; ; i++)
        {
            var key = $"owned-{fleet.Ord.Feed.Position}-{i}";
            var (facts, _) = fleet.Ord.Put(EdgeFleet.Bucket, key, ByteStreams.Content(EdgeFleet.Seed, Size));
            if (peers.Set.OwnerOf(new ChunkId(facts.Generation, 0)) is not null)
            {
                await fleet.CaughtUpAsync();
                return key;
            }
        }
    }

    private static async Task<string> PutAsync(EdgeFleet fleet)
    {
        fleet.Ord.Put(EdgeFleet.Bucket, "another", ByteStreams.Content(EdgeFleet.Seed, Size));
        await fleet.CaughtUpAsync();
        return "another";
    }

    private static Task SleepAsync(HttpContext context) =>
        Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
}
