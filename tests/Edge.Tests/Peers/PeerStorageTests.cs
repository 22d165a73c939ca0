using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>What an edge keeps of what others own, and the room that waiting for others takes.</summary>
public sealed class PeerStorageTests
{
    private const int Size = 1_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Small_ranges_leave_the_region_once_and_stay_where_they_were_read()
    {
        await using var fleet = await EdgeFleet.StartAsync(3);
        await fleet.PutOwnedByAsync(fleet.Edges[1], 10_000_000);
        var key = await fleet.PutOwnedByAsync(fleet.Edges[1], 10_000_001);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await Task.WhenAll(fleet.Edges.Select(async edge =>
            {
                using var response = await fleet.GetAsync(edge, key, "bytes=100000-100999");
                Assert.Equal(-1, ByteStreams.FirstDifference(EdgeFleet.Seed, 100_000, await response.Content.ReadAsByteArrayAsync(Token)));
            }));
            await fleet.QuietAsync();
        }

        var range = Assert.Single(fleet.Ord.Ranges);
        Assert.Equal(ChunkGeometry.BlockSize, range.To - range.From + 1);
        using var last = await fleet.GetAsync(fleet.Edges[0], key, "bytes=100000-100999");
        Assert.Equal("LGA1; hit", last.Headers.GetValues("Cache-Status").Single());
    }

    [Fact]
    public async Task Edges_with_room_for_one_fetch_never_wait_for_each_other()
    {
        const int size = 12 * ChunkGeometry.PayloadSize;
        await using var fleet = await EdgeFleet.StartAsync(2, static settings =>
        {
            settings["Edge:Fill:MaxActive"] = "1";
            settings["Edge:Fill:MaxBytesInFlight"] = "32MiB";
        });
        fleet.Ord.Put(EdgeFleet.Bucket, "model", ByteStreams.Content(EdgeFleet.Seed, size));
        await fleet.CaughtUpAsync();
        await Task.WhenAll(fleet.Edges.SelectMany(e => new[] { fleet.LoadAsync(e, "model", size, "127.0.0.1"), fleet.LoadAsync(e, "model", size, "127.0.0.2") }));
        Assert.Equal(size, fleet.Ord.Ranges.Sum(static r => r.To - r.From + 1));
    }

    [Fact]
    public async Task What_nobody_reads_any_more_is_dropped_and_what_a_slow_reader_waits_for_is_stored_to_free_its_memory()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var (edge, target, id) = await ElsewhereAsync(fleet, FillPriority.Foreground);
        var left = edge.Parts.Fills.JoinOrStart(id, target, reader: 1, out _)!;
        await left.WaitBeyondAsync(Size - 1, Token);
        left.Leave();
        await left.EndedAsync();
        Assert.False(edge.Parts.Store.Contains(id));

        var held = edge.Parts.Fills.JoinOrStart(id, target, reader: 1, out _)!;
        await held.WaitBeyondAsync(Size - 1, Token);
        var ended = held.EndedAsync();
        while (!ended.IsCompleted)
        {
            fleet.Time.Advance(PeerTimes.Linger);
            await Task.Yield();
        }

        held.Leave();
        Assert.True(edge.Parts.Store.Contains(id));
        Assert.Single(fleet.Ord.Ranges);
    }

    [Fact]
    public async Task What_is_fetched_ahead_of_the_next_range_waits_for_it_and_is_not_stored()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var (edge, target, id) = await ElsewhereAsync(fleet, FillPriority.ReadAhead);
        var ahead = edge.Parts.Fills.JoinOrStart(id, target, reader: 1, out _)!;
        edge.Parts.Fills.Keep(ahead);
        await ahead.WaitBeyondAsync(Size - 1, Token);

        // The next range comes, and finds it.
        var next = edge.Parts.Fills.JoinOrStart(id, target, reader: 1, out var started)!;
        Assert.False(started);
        next.Leave();
        var ended = ahead.EndedAsync();
        while (!ended.IsCompleted)
        {
            fleet.Time.Advance(PeerTimes.Linger);
            await Task.Yield();
        }

        Assert.False(edge.Parts.Store.Contains(id));
    }

    [Fact]
    public async Task Warm_up_and_pins_keep_what_others_own()
    {
        await using var fleet = await EdgeFleet.StartAsync(2);
        var (edge, warm, first) = await ElsewhereAsync(fleet, FillPriority.WarmUp);
        Assert.True(await edge.Parts.Fills.EnsureAsync(warm, first, Token));
        Assert.True(edge.Parts.Store.Contains(first));

        var (_, target, second) = await ElsewhereAsync(fleet, FillPriority.Foreground);
        Assert.True(edge.Parts.Store.Pins.TryPin(EdgeFleet.Bucket, target.Version.Key, target.Version, null, "test", out var refusal), refusal);
        await fleet.LoadAsync(edge, target.Version.Key, Size);
        await fleet.QuietAsync();
        Assert.True(edge.Parts.Store.Contains(second));
        Assert.Equal(2, fleet.Ord.Ranges.Count);
    }

    [Fact]
    public async Task A_body_is_read_in_pieces_of_any_size()
    {
        var content = ByteStreams.Content(1, 0, 500_000);
        var frames = new MemoryStream();
        for (var at = 0; at < content.Length; at += 123_457)
        {
            var payload = content.AsSpan(at, Math.Min(123_457, content.Length - at));
            var header = new byte[PeerFrame.HeaderSize];
            PeerFrame.Of(payload).Write(header);
            frames.Write(new byte[PeerFrame.HeaderSize]);
            frames.Write(header);
            frames.Write(payload);
        }

        frames.Position = 0;
        var peer = new Peer("LGA2", new Uri("http://127.0.0.1:1"), TimeProvider.System);
        var failures = new List<string>();
        await using var body = new PeerBody(frames, peer, (_, what) => failures.Add(what), TimeProvider.System);
        Assert.Equal(PeerFault.None, await body.BeginAsync(Token));
        var read = new byte[content.Length];
        var (count, size) = (0, 1);
        while (count < read.Length)
        {
            count += await body.ReadAsync(read.AsMemory(count, Math.Min(size, read.Length - count)), Token);
            size = size * 3 % 200_003;
        }

        Assert.Equal(content, read);
        Assert.Empty(failures);
        await Assert.ThrowsAsync<IOException>(() => body.ReadExactlyAsync(read, Token).AsTask());
        Assert.Equal("broke off", Assert.Single(failures));
    }

    /// <summary>The first edge, and a new object whose only chunk the second one owns.</summary>
    private static async Task<(EdgeServer Edge, FillTarget Target, ChunkId Id)> ElsewhereAsync(EdgeFleet fleet, FillPriority priority)
    {
        var edge = fleet.Edges[0];
        for (var i = 0; ; i++)
        {
            VersionFacts facts = fleet.Ord.Put(EdgeFleet.Bucket, $"{priority}-{i}", ByteStreams.Content(EdgeFleet.Seed, Size)).Facts;
            if (fleet.OwnerOf(new ChunkId(facts.Generation, 0)) != edge)
            {
                await fleet.CaughtUpAsync();
                return (edge, new FillTarget(facts, edge.Parts.Regions.Default, EdgeCluster.Organization, priority), new ChunkId(facts.Generation, 0));
            }
        }
    }
}
