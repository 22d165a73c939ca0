using System.Net;
using EdgeCache.Load.Data;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Servers;

/// <summary>
/// The product: an origin with the control plane, and an edge, each a process of its own so that each tier's CPU time can be told. Reads are
/// presigned, so that the edge verifies SigV4 on every request, as it does for its users.
/// </summary>
internal sealed class EdgeCacheServer : ServerUnderTest
{
    private const string Bucket = "load";
    private const string AccessKeyId = "LOADTOOLACCESSKEY000";
    private const string SecretKey = "load-tool-secret-key-for-loopback-only-0";
    private const string ClusterSecret = "load-tool-cluster-secret-for-loopback-only";
    private const string AnyPort = "http://127.0.0.1:0";

    // Longer than any run; within the seven days that S3 allows.
    private static readonly TimeSpan PresignedFor = TimeSpan.FromDays(1);

    private readonly ProductProcess _origin;
    private readonly ProductProcess _edge;
    private readonly SigV4Signer _signer;
    private readonly S3Account _account;

    private EdgeCacheServer(ProductProcess origin, ProductProcess edge, SigV4Signer signer, S3Account account)
    {
        _origin = origin;
        _edge = edge;
        _signer = signer;
        _account = account;
    }

    public override string Name => "edgecache";

    public override IPEndPoint EndPoint => _edge.EndPoint;

    public override TimeSpan FrontCpu => _edge.CpuTime;

    public override TimeSpan UpstreamCpu => _origin.CpuTime;

    public override bool Caches => true;

    /// <summary>Starts both tiers below <paramref name="directory"/> and uploads the data set to the origin.</summary>
    public static async Task<EdgeCacheServer> StartAsync(
        ProductPrograms programs, string directory, long cacheSize, IReadOnlyList<string> edgeArguments, DataSet data, HttpClient http,
        CancellationToken cancellation)
    {
        var originData = Path.Combine(directory, "origin");
        var edgeData = Path.Combine(directory, "edge");
        var origin = await ProductProcess.StartAsync(programs.Origin, originData, OriginArguments(originData), http, cancellation);
        ProductProcess? edge = null;
        try
        {
            var signer = new SigV4Signer(AccessKeyId, SecretKey, "us-east-1", TimeProvider.System);
            var account = new S3Account(http, signer, origin.S3, Bucket);
            await account.CreateBucketAsync(cancellation);
            foreach (var stored in data.All)
            {
                await account.PutAsync(stored, cancellation);
            }

            var arguments = EdgeArguments(edgeData, origin, cacheSize).Concat(edgeArguments);
            edge = await ProductProcess.StartAsync(programs.Edge, edgeData, arguments, http, cancellation);
            return new EdgeCacheServer(origin, edge, signer, account);
        }
        catch
        {
            if (edge is not null)
            {
                await edge.DisposeAsync();
            }

            await origin.DisposeAsync();
            throw;
        }
    }

    public override string Target(string key) =>
        _signer.Presign(HttpMethod.Get, new Uri(_edge.S3, $"/{Bucket}/{key}"), PresignedFor).PathAndQuery;

    /// <summary>A copy made at the origin: a new generation, of which the edge has no byte.</summary>
    public override async Task<StoredObject> AddColdAsync(StoredObject source, string key, CancellationToken cancellation)
    {
        await _account.CopyAsync(source.Key, key, cancellation);
        return source with { Key = key };
    }

    public override Task RemoveColdAsync(StoredObject cold, CancellationToken cancellation) => _account.DeleteAsync(cold.Key, cancellation);

    public override async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }

    private static string[] OriginArguments(string dataDirectory) =>
    [
        "--Origin:Region=ORD1",
        "--Origin:Regions:0=ORD1",
        $"--Origin:DataDirectory={dataDirectory}",
        $"--Origin:S3Url={AnyPort}",
        $"--Origin:AdminUrl={AnyPort}",
        $"--Origin:ControlPlaneUrl={AnyPort}",
        $"--Origin:ClusterSecret={ClusterSecret}",
        "--Origin:Domain=localhost",
        "--Origin:Bootstrap:OrganizationId=load",
        $"--Origin:Bootstrap:AccessKeyId={AccessKeyId}",
        $"--Origin:Bootstrap:SecretKey={SecretKey}",
        "--Origin:Bootstrap:ApiToken=load-tool-api-token-for-loopback-only",
    ];

    private static string[] EdgeArguments(string dataDirectory, ProductProcess origin, long cacheSize) =>
    [
        "--Edge:Name=LGA1",
        $"--Edge:S3Url={AnyPort}",
        $"--Edge:AdminUrl={AnyPort}",
        $"--Edge:DataDirectory={dataDirectory}",
        $"--Edge:CacheSize={cacheSize}",
        $"--Edge:ClusterSecret={ClusterSecret}",
        $"--Edge:ControlPlaneAdminUrl={origin.Admin}",
        "--Edge:Regions:0:Name=ORD1",
        $"--Edge:Regions:0:S3Url={origin.S3}",
        $"--Edge:Regions:0:AdminUrl={origin.Admin}",
        "--Edge:DefaultRegion=ORD1",
        "--Edge:Domain=localhost",
    ];
}
