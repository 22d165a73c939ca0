using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Servers;

/// <summary>
/// The product: an origin with the control plane, and edges in front of it, each a process of its own so that each tier's CPU time and memory can
/// be told. Disposing stops them, the edges first.
/// </summary>
internal sealed class ProductDeployment : IAsyncDisposable
{
    public const string Bucket = "load";

    private const string AccessKeyId = "LOADTOOLACCESSKEY000";
    private const string SecretKey = "load-tool-secret-key-for-loopback-only-0";
    private const string ClusterSecret = "load-tool-cluster-secret-for-loopback-only";
    private const string AnyPort = "http://127.0.0.1:0";

    // Longer than any run; within the seven days that S3 allows.
    private static readonly TimeSpan PresignedFor = TimeSpan.FromDays(1);

    private readonly ProductPrograms _programs;
    private readonly string _directory;
    private readonly HttpClient _http;
    private readonly IReadOnlyList<string> _originArguments;
    private readonly List<ProductProcess> _edges = [];
    private ProductProcess? _origin;

    private ProductDeployment(ProductPrograms programs, string directory, IReadOnlyList<string> originArguments, HttpClient http) =>
        (_programs, _directory, _originArguments, _http) = (programs, directory, originArguments, http);

    public ProductProcess Origin => _origin ?? throw new InvalidOperationException("The origin is stopped.");

    /// <summary>The origin's data directory.</summary>
    public string OriginDirectory => Path.Combine(_directory, "origin");

    public SigV4Signer Signer { get; } = new(AccessKeyId, SecretKey, "us-east-1", TimeProvider.System);

    /// <summary>The bucket, at the origin.</summary>
    public S3Account Account => At(Origin);

    /// <summary>Starts the origin below <paramref name="directory"/>, with an empty bucket.</summary>
    public static async Task<ProductDeployment> StartAsync(
        ProductPrograms programs, string directory, IReadOnlyList<string> originArguments, HttpClient http, CancellationToken cancellation)
    {
        var deployment = new ProductDeployment(programs, directory, originArguments, http);
        try
        {
            await deployment.StartOriginAsync(cancellation);
            await deployment.Account.CreateBucketAsync(cancellation);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts an edge; <paramref name="arguments"/> come last and win.</summary>
    public async Task<ProductProcess> StartEdgeAsync(string name, long cacheSize, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var data = EdgeDirectory(name);
        var edge = await ProductProcess.StartAsync(_programs.Edge, data, [.. EdgeArguments(name, data, cacheSize), .. arguments], _http, cancellation);
        _edges.Add(edge);
        return edge;
    }

    /// <summary>Stops one edge; its data stay.</summary>
    public ValueTask StopEdgeAsync(ProductProcess edge)
    {
        _edges.Remove(edge);
        return edge.DisposeAsync();
    }

    /// <summary>The data directory of the edge <paramref name="name"/>, also before it is started.</summary>
    public string EdgeDirectory(string name) => Path.Combine(_directory, name.ToLowerInvariant());

    /// <summary>The bucket, as it is reached at <paramref name="server"/>.</summary>
    public S3Account At(ProductProcess server) => new(_http, Signer, server.S3, Bucket);

    /// <summary>A presigned path and query of a request to <paramref name="server"/>; <paramref name="resource"/> is a key, or a query with its '?'.</summary>
    public string Target(ProductProcess server, HttpMethod method, string resource) => Target(server.S3, method, resource);

    /// <summary>The same for a listener.</summary>
    public string Target(Uri listener, HttpMethod method, string resource)
    {
        var separator = resource.Length == 0 || resource[0] == '?' ? "" : "/";
        return Signer.Presign(method, new Uri(listener, $"/{Bucket}{separator}{resource}"), PresignedFor).PathAndQuery;
    }

    /// <summary>Stops the origin, has its data changed, and starts it again. There must be no edge.</summary>
    public async Task WhileStoppedAsync(Func<Task> change, CancellationToken cancellation)
    {
        await StopOriginAsync();
        await change();
        await StartOriginAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _edges.Count - 1; i >= 0; i--)
        {
            await _edges[i].DisposeAsync();
        }

        _edges.Clear();
        await StopOriginAsync();
    }

    private ValueTask StopOriginAsync()
    {
        var stopped = _origin;
        _origin = null;
        return stopped?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task StartOriginAsync(CancellationToken cancellation) => _origin = await ProductProcess.StartAsync(
        _programs.Origin,
        OriginDirectory,
        [
            "--Origin:Region=ORD1",
            "--Origin:Regions:0=ORD1",
            $"--Origin:DataDirectory={OriginDirectory}",
            $"--Origin:S3Url={AnyPort}",
            $"--Origin:AdminUrl={AnyPort}",
            $"--Origin:ControlPlaneUrl={AnyPort}",
            $"--Origin:ClusterSecret={ClusterSecret}",
            "--Origin:Domain=localhost",
            "--Origin:Bootstrap:OrganizationId=load",
            $"--Origin:Bootstrap:AccessKeyId={AccessKeyId}",
            $"--Origin:Bootstrap:SecretKey={SecretKey}",
            "--Origin:Bootstrap:ApiToken=load-tool-api-token-for-loopback-only",
            .. _originArguments,
        ],
        _http,
        cancellation);

    private string[] EdgeArguments(string name, string dataDirectory, long cacheSize) =>
    [
        $"--Edge:Name={name}",
        $"--Edge:S3Url={AnyPort}",
        $"--Edge:AdminUrl={AnyPort}",
        $"--Edge:DataDirectory={dataDirectory}",
        $"--Edge:CacheSize={cacheSize}",
        $"--Edge:ClusterSecret={ClusterSecret}",
        $"--Edge:ControlPlaneAdminUrl={Origin.Admin}",
        "--Edge:Regions:0:Name=ORD1",
        $"--Edge:Regions:0:S3Url={Origin.S3}",
        $"--Edge:Regions:0:AdminUrl={Origin.Admin}",
        "--Edge:DefaultRegion=ORD1",
        "--Edge:Domain=localhost",
        $"--Edge:AccessLog:Path={Path.Combine(dataDirectory, "access.log")}",
    ];
}
