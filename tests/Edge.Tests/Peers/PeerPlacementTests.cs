using System.Net;
using System.Net.Sockets;
using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Peers;

public sealed class PeerPlacementTests
{
    private static readonly ManualTimeProvider Time = new();

    [Fact]
    public void All_edges_agree_whose_a_chunk_is_the_shares_are_even_and_a_death_moves_only_the_dead_ones()
    {
        string[] names = ["LGA1", "LGA2", "LGA3", "LGA4"];
        var sets = names.Select(self => new PeerSet(self) { All = [.. names.Where(n => n != self).Select(Living)] }).ToArray();
        var counts = new Dictionary<string, int>();
        var moved = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var id = new ChunkId(new((ulong)i * 7919, 3), i % 100);
            var owner = Assert.Single(sets.Select(s => s.OwnerOf(id)?.Name ?? s.Self).Distinct());
            counts[owner] = counts.GetValueOrDefault(owner) + 1;
            var without = new PeerSet("LGA1") { All = [Living("LGA2"), Living("LGA3")] }.OwnerOf(id)?.Name ?? "LGA1";
            moved += owner != "LGA4" && owner != without ? 1 : 0;
        }

        Assert.All(counts.Values, static c => Assert.InRange(c, 9_500, 10_500));
        Assert.Equal(0, moved);
    }

    [Fact]
    public void Only_the_living_own_chunks()
    {
        var peer = Living("LGA2");
        var set = new PeerSet("LGA1") { All = [peer] };
        var id = Enumerable.Range(0, 1000).Select(static i => new ChunkId(new(5, 6), i)).First(i => set.OwnerOf(i) is not null);
        Assert.True(peer.Failed());
        Assert.Null(set.OwnerOf(id));
        Assert.False(peer.Failed());
    }

    [Fact]
    public void A_peer_that_keeps_failing_is_left_alone_ever_longer()
    {
        var time = new ManualTimeProvider();
        var peer = new Peer("LGA2", new Uri("http://127.0.0.1:1"), time);
        Assert.True(peer.Heard());
        for (var pause = PeerTimes.FirstPause; pause <= TimeSpan.FromSeconds(16); pause *= 2)
        {
            Assert.True(peer.Failed());
            time.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.False(peer.Heard());
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(peer.Heard());
        }

        // Once it was alive for as long as it was last left alone, it begins anew.
        time.Advance(PeerTimes.LongestPause);
        Assert.False(peer.Heard());
        Assert.True(peer.Failed());
        time.Advance(PeerTimes.FirstPause);
        Assert.True(peer.Heard());
    }

    [Fact]
    public void A_copy_is_kept_for_a_second_reader_a_later_one_and_one_that_comes_too_often()
    {
        var time = new ManualTimeProvider();
        var copies = new LocalCopies(time);
        Assert.False(copies.IsWorthKeeping(Id(1), reader: 1, isShared: false));
        Assert.True(copies.IsWorthKeeping(Id(1), reader: 2, isShared: false));

        Assert.False(copies.IsWorthKeeping(Id(2), reader: 1, isShared: false));
        Assert.False(copies.IsWorthKeeping(Id(2), reader: 1, isShared: false));
        Assert.True(copies.IsWorthKeeping(Id(2), reader: 1, isShared: false));

        Assert.False(copies.IsWorthKeeping(Id(3), reader: 1, isShared: false));
        time.Advance(TimeSpan.FromSeconds(70));
        Assert.True(copies.IsWorthKeeping(Id(3), reader: 1, isShared: false));

        Assert.True(copies.IsWorthKeeping(Id(4), reader: 1, isShared: true));
    }

    [Fact]
    public async Task The_addresses_of_a_name_are_asked_for_every_few_seconds_and_stay_when_it_can_not_be_resolved()
    {
        var time = new ManualTimeProvider();
        Func<Task<IPAddress[]>> answer = static () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::2")]);
        var questions = 0;
        var discovery = new PeerDiscovery(
            [],
            new DnsEndPoint("edges.lga.example.com", 9200),
            (name, _) =>
            {
                Assert.Equal("edges.lga.example.com", name);
                questions++;
                return answer();
            },
            time,
            NullLogger<PeerDiscovery>.Instance);
        var token = TestContext.Current.CancellationToken;
        Assert.Equal([new PeerAddress(null, new Uri("http://10.0.0.1:9200")), new(null, new Uri("http://[fd00::2]:9200"))], await discovery.FindAsync(token));

        answer = static () => throw new SocketException((int)SocketError.HostNotFound);
        Assert.Equal(2, (await discovery.FindAsync(token)).Count);
        Assert.Equal(1, questions);
        time.Advance(PeerTimes.Resolution);
        Assert.Equal(2, (await discovery.FindAsync(token)).Count);
        Assert.Equal(2, questions);

        answer = static () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.3")]);
        time.Advance(PeerTimes.Resolution);
        Assert.Equal("http://10.0.0.3:9200/", Assert.Single(await discovery.FindAsync(token)).Url.ToString());
    }

    [Fact]
    public async Task Edges_that_are_found_by_address_tell_their_names_and_one_finds_itself_among_them()
    {
        await using var fleet = await EdgeFleet.StartAsync(3);
        foreach (var edge in fleet.Edges)
        {
            edge.Parts.Peers!.Discovery.Set([.. fleet.Edges.Select(static e => new PeerAddress(null, e.PeerEndpoint!))]);
            await edge.Parts.Peers.Monitor.CheckAsync(TestContext.Current.CancellationToken);
            Assert.Equal(
                fleet.Edges.Where(e => e != edge).Select(static e => e.Parts.Peers!.Set.Self), edge.Parts.Peers.Set.All.Select(static p => p.Name));
        }

        var key = await fleet.PutOwnedByAsync(fleet.Edges[1], 1000);
        Assert.Equal("LGA3; fwd=uri-miss; detail=cold/peer:LGA2", await fleet.LoadAsync(fleet.Edges[2], key, 1000));
    }

    private static ChunkId Id(int index) => new(new(5, 6), index);

    private static Peer Living(string name)
    {
        var peer = new Peer(name, new Uri("http://127.0.0.1:1"), Time);
        peer.Heard();
        return peer;
    }
}
