using System.Net;
using System.Net.Sockets;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;
using Microsoft.Extensions.Configuration;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>Several real edges of one datacenter, LGA1 to LGAn, over a scripted region ORD1, on a clock that the test moves. Each knows all others unless told otherwise.</summary>
internal sealed class EdgeFleet : IAsyncDisposable
{
    public const string Bucket = EdgeCluster.Bucket;
    public const int Seed = 11;

    private readonly List<TempDirectory> _directories = [];
    private readonly Dictionary<string, HttpClient> _clients = [];
    private readonly Dictionary<string, string?> _settings = [];

    public FakeControlPlane Control { get; private init; } = null!;

    public FakeRegion Ord { get; private init; } = null!;

    public ManualTimeProvider Time { get; private init; } = null!;

    public List<EdgeServer> Edges { get; } = [];

    private SigV4Signer Signer => field ??= new SigV4Signer(EdgeCluster.AccessKey, "acme-secret", "us-east-1", Time);

    public static async Task<EdgeFleet> StartAsync(int count, Action<Dictionary<string, string?>>? configure = null)
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var fleet = new EdgeFleet { Time = time, Control = await FakeControlPlane.StartAsync(time), Ord = await FakeRegion.StartAsync("ORD1", time) };
        fleet.Control.AddKey(EdgeCluster.AccessKey, "acme-secret", EdgeCluster.Organization);
        fleet.Ord.AddBucket(Bucket, EdgeCluster.Organization);
        fleet.Control.Directory[Bucket] = new(Bucket, "ORD1", EdgeCluster.Organization, DateTimeOffset.UnixEpoch, fleet.Control.Feed.Position);
        configure?.Invoke(fleet._settings);
        for (var i = 0; i < count; i++)
        {
            await fleet.StartEdgeAsync();
        }

        foreach (var edge in fleet.Edges)
        {
            await fleet.IntroduceAsync(edge, fleet.Edges);
        }

        return fleet;
    }

    /// <summary>Tells an edge who its peers are, and has it look for them.</summary>
    public async Task IntroduceAsync(EdgeServer edge, IEnumerable<EdgeServer> peers)
    {
        edge.Parts.Peers!.Discovery.Set([.. peers.Select(p => new PeerAddress(p.Parts.Peers!.Set.Self, p.PeerEndpoint!))]);
        await edge.Parts.Peers.Monitor.CheckAsync(Token);
    }

    /// <summary>Stores an object whose first chunk belongs to the given edge as all see it.</summary>
    public async Task<string> PutOwnedByAsync(EdgeServer owner, int size)
    {
        for (var i = 0; ; i++)
        {
            var key = $"owned-{i}";
            var (facts, _) = Ord.Put(Bucket, key, ByteStreams.Content(Seed, size));
            if (OwnerOf(new ChunkId(facts.Generation, 0)) == owner)
            {
                await CaughtUpAsync();
                return key;
            }
        }
    }

    /// <summary>The edge whose a chunk is when all are alive.</summary>
    public EdgeServer OwnerOf(ChunkId id) => Edges.MaxBy(e => ChunkId.Mix(id.Hash ^ Peer.SeedOf(e.Parts.Peers!.Set.Self)))!;

    public async Task CaughtUpAsync()
    {
        foreach (var edge in Edges)
        {
            foreach (var (stream, feed) in edge.Parts.Streams.Zip([Control.Feed, Ord.Feed]))
            {
                feed.Heartbeat();
                await stream.WaitForAsync(feed.Position, TimeSpan.FromHours(1), Token);
            }
        }
    }

    /// <summary>A GET through an edge, from a loopback address of the client's own: edges tell readers apart by it.</summary>
    public Task<HttpResponseMessage> GetAsync(EdgeServer edge, string key, string? range = null, string from = "127.0.0.1")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.S3Endpoint, $"/{Bucket}/{key}"));
        request.Headers.TryAddWithoutValidation("Range", range);
        Signer.Sign(request);
        return Client(from).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    /// <summary>Reads a whole object and checks every byte; returns what Cache-Status said.</summary>
    public async Task<string> LoadAsync(EdgeServer edge, string key, long size, string from = "127.0.0.1")
    {
        using var response = await GetAsync(edge, key, from: from);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[1 << 20];
        var read = 0L;
        for (int count; (count = await body.ReadAsync(buffer, Token)) > 0; read += count)
        {
            Assert.Equal(-1, ByteStreams.FirstDifference(Seed, read, buffer.AsSpan(0, count)));
        }

        Assert.Equal(size, read);
        return response.Headers.GetValues("Cache-Status").Single();
    }

    /// <summary>Waits until no edge has a fill under way.</summary>
    public Task QuietAsync() => UntilAsync(() => Edges.All(static e => e.Parts.Fills.Count == 0));

    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        foreach (var edge in Edges)
        {
            await edge.DisposeAsync();
        }

        await Control.DisposeAsync();
        await Ord.DisposeAsync();
        _directories.ForEach(static d => d.Dispose());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client(string from)
    {
        if (!_clients.TryGetValue(from, out var client))
        {
            _clients[from] = client = new HttpClient(new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (context, token) =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                    await socket.ConnectAsync(context.DnsEndPoint, token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            });
        }

        return client;
    }

    private async Task StartEdgeAsync()
    {
        var directory = new TempDirectory();
        _directories.Add(directory);
        var settings = new Dictionary<string, string?>(_settings)
        {
            ["Edge:Name"] = $"LGA{Edges.Count + 1}", ["Edge:S3Url"] = "http://127.0.0.1:0", ["Edge:AdminUrl"] = "http://127.0.0.1:0",
            ["Edge:PeerUrl"] = "http://127.0.0.1:0", ["Edge:DataDirectory"] = directory.Path, ["Edge:CacheSize"] = "256MiB",
            ["Edge:ClusterSecret"] = EdgeCluster.Secret, ["Edge:ControlPlaneAdminUrl"] = Control.Url.ToString(),
            ["Edge:Regions:0:Name"] = "ORD1", ["Edge:Regions:0:S3Url"] = Ord.S3Url.ToString(), ["Edge:Regions:0:AdminUrl"] = Ord.AdminUrl.ToString(),
            ["Logging:LogLevel:Default"] = "Error",
        };
        Edges.Add(await EdgeServer.StartAsync(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), Time, Token));
    }
}
