using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>One origin and the edges LGA1 to LGAn of one datacenter, which know each other, all as processes of their own.</summary>
internal sealed class FleetDeployment : IAsyncDisposable
{
    private const string ClusterSecret = "a cluster secret for tests, long enough";

    private readonly TempDirectory _directory = new();
    private readonly List<ServerProcess> _edges = [];

    private FleetDeployment()
    {
    }

    public ServerProcess Origin { get; private set; } = null!;

    public IReadOnlyList<ServerProcess> Edges => _edges;

    public static async Task<FleetDeployment> StartAsync(int edges, CancellationToken cancellationToken)
    {
        var deployment = new FleetDeployment();
        try
        {
            deployment.Origin = await ServerProcess.StartOriginAsync(
                Path.Combine(deployment._directory.Path, "origin"),
                new()
                {
                    ["Region"] = "ORD1", ["Regions:0"] = "ORD1", ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0",
                    ["ControlPlaneUrl"] = "http://127.0.0.1:0", ["ClusterSecret"] = ClusterSecret, ["Domain"] = "localhost",
                    ["Bootstrap:OrganizationId"] = "main", ["Bootstrap:AccessKeyId"] = ProcessDeployment.AccessKeyId,
                    ["Bootstrap:SecretKey"] = ProcessDeployment.SecretKey, ["Bootstrap:ApiToken"] = ProcessDeployment.ApiToken,
                },
                cancellationToken);
            for (var i = 1; i <= edges; i++)
            {
                deployment._edges.Add(await deployment.StartEdgeAsync($"LGA{i}", cancellationToken));
            }

            await deployment.IntroduceAsync(cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>The bytes that the edges which run have fetched from the region.</summary>
    public static Task<double> EgressAsync(IEnumerable<ServerProcess> edges, CancellationToken cancellationToken) =>
        PrometheusMetrics.SumAsync(edges.Select(static e => e.Endpoints.Admin + "/metrics"), "edgecache_edge_fills_bytes_total", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var edge in _edges)
        {
            await edge.DisposeAsync();
        }

        if (Origin is not null)
        {
            await Origin.DisposeAsync();
        }

        _directory.Dispose();
    }

    /// <summary>Tells every edge of all, now that each has its ports, and waits until each has found the others.</summary>
    private async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        foreach (var edge in _edges)
        {
            for (var i = 0; i < _edges.Count; i++)
            {
                edge.Set($"Peers:{i}:Name", $"LGA{i + 1}");
                edge.Set($"Peers:{i}:Url", _edges[i].Endpoints.Peer!);
            }

            await edge.KillAsync();
            await edge.RestartAsync(cancellationToken);
        }

        foreach (var edge in _edges)
        {
            using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (await PrometheusMetrics.SumAsync([edge.Endpoints.Admin + "/metrics"], "edgecache_edge_peers_alive", cancellationToken) < _edges.Count - 1)
            {
                await poll.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private Task<ServerProcess> StartEdgeAsync(string name, CancellationToken cancellationToken) =>
        ServerProcess.StartEdgeAsync(
            Path.Combine(_directory.Path, name),
            new()
            {
                ["Name"] = name, ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0", ["PeerUrl"] = "http://127.0.0.1:0", ["CacheSize"] = "1GiB",
                ["Fill:MaxReadAhead"] = "16MiB", // so that in the middle of a load there is something left to fetch
                ["ClusterSecret"] = ClusterSecret, ["ControlPlaneAdminUrl"] = Origin.Endpoints.Admin, ["DefaultRegion"] = "ORD1", ["Domain"] = "localhost",
                ["Regions:0:Name"] = "ORD1", ["Regions:0:S3Url"] = Origin.Endpoints.S3, ["Regions:0:AdminUrl"] = Origin.Endpoints.Admin,
            },
            cancellationToken);
}
