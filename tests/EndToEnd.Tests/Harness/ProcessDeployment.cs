using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>One origin (with the control plane) and one edge as processes of their own.</summary>
internal sealed class ProcessDeployment : IAsyncDisposable
{
    public const string AccessKeyId = "CWTESTTESTTEST01";
    public const string SecretKey = "cwotesttesttesttesttesttesttesttesttesttest";
    public const string ApiToken = "cwttesttesttesttesttesttesttesttesttesttest";
    public const string OperatorToken = "cwotoperatoroperatoroperatoroperatoroperator";
    public const string ClusterSecret = "a cluster secret for tests, long enough";

    private readonly TempDirectory _directory = new();

    private readonly (string Name, string Value)[] _ofBoth;

    private ProcessDeployment((string Name, string Value)[] ofBoth) => _ofBoth = ofBoth;

    public ServerProcess Origin { get; private set; } = null!;

    public ServerProcess Edge { get; private set; } = null!;

    /// <summary>Where the first edge keeps its data.</summary>
    public string EdgeDirectory => Path.Combine(_directory.Path, "edge");

    /// <summary>Where the origin keeps its data.</summary>
    public string OriginDirectory => Path.Combine(_directory.Path, "origin");

    /// <summary>What a client must know to read and write through the edge.</summary>
    public Bootstrap Bootstrap => new(Edge.Endpoints.S3.TrimEnd('/'), [], string.Empty, [], AccessKeyId, SecretKey, ApiToken, OperatorToken);

    public static async Task<ProcessDeployment> StartAsync(
        CancellationToken cancellationToken, string cacheSize = "1GiB", params (string Name, string Value)[] ofBoth)
    {
        var deployment = new ProcessDeployment(ofBoth);
        try
        {
            deployment.Origin = await ServerProcess.StartOriginAsync(
                Path.Combine(deployment._directory.Path, "origin"),
                new(ofBoth.Select(static s => KeyValuePair.Create(s.Name, s.Value)))
                {
                    ["Region"] = "ORD1", ["Regions:0"] = "ORD1", ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0",
                    ["ControlPlaneUrl"] = "http://127.0.0.1:0", ["ClusterSecret"] = ClusterSecret, ["Domain"] = "localhost",
                    ["Bootstrap:OrganizationId"] = "main", ["Bootstrap:AccessKeyId"] = AccessKeyId, ["Bootstrap:SecretKey"] = SecretKey,
                    ["Bootstrap:ApiToken"] = ApiToken, ["Bootstrap:OperatorToken"] = OperatorToken,
                },
                cancellationToken);
            deployment.Edge = await deployment.StartEdgeAsync("edge", "LGA1", cacheSize, cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a further edge, which is the caller's to dispose.</summary>
    public Task<ServerProcess> StartAnotherEdgeAsync(string name, CancellationToken cancellationToken) =>
        StartEdgeAsync("edge-" + name, name, "1GiB", cancellationToken);

    /// <summary>How many object reads the origin has served since it was started.</summary>
    public Task<double> ObjectReadsAtOriginAsync(CancellationToken cancellationToken) => PrometheusMetrics.SumAsync(
        [Origin.Endpoints.Admin + "/metrics"], "edgecache_origin_requests_total", cancellationToken, "operation=\"GetObject\"");

    public async ValueTask DisposeAsync()
    {
        if (Edge is not null)
        {
            await Edge.DisposeAsync();
        }

        if (Origin is not null)
        {
            await Origin.DisposeAsync();
        }

        _directory.Dispose();
    }

    private Task<ServerProcess> StartEdgeAsync(string directory, string name, string cacheSize, CancellationToken cancellationToken) =>
        ServerProcess.StartEdgeAsync(
            Path.Combine(_directory.Path, directory),
            new(_ofBoth.Select(static s => KeyValuePair.Create(s.Name, s.Value)))
            {
                ["Name"] = name, ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0", ["CacheSize"] = cacheSize,
                ["ClusterSecret"] = ClusterSecret, ["ControlPlaneAdminUrl"] = Origin.Endpoints.Admin, ["DefaultRegion"] = "ORD1",
                ["Domain"] = "localhost", ["Regions:0:Name"] = "ORD1", ["Regions:0:S3Url"] = Origin.Endpoints.S3,
                ["Regions:0:AdminUrl"] = Origin.Endpoints.Admin,
            },
            cancellationToken);
}
