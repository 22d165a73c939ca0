using System.Net;
using EdgeCache.Load.Servers;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Soak;

/// <summary>An origin, and edges that reach it over links that can be broken. Each is a process that can be killed and comes back on its old ports.</summary>
internal sealed class SoakDeployment : IAsyncDisposable
{
    public const string Bucket = "soak";
    public const string AdminToken = "load-tool-admin-token-for-loopback-only";

    private const string AccessKeyId = "LOADTOOLACCESSKEY000";
    private const string SecretKey = "load-tool-secret-key-for-loopback-only-0";
    private const string ClusterSecret = "load-tool-cluster-secret-for-loopback-only";
    private const string AnyPort = "http://127.0.0.1:0";

    private readonly ProductPrograms _programs;
    private readonly string _directory;
    private readonly HttpClient _http;
    private readonly long _cacheSize;
    private readonly ProductProcess?[] _edges = new ProductProcess?[SoakSettings.Edges];
    private readonly Uri[] _s3 = new Uri[SoakSettings.Edges];
    private readonly Uri[] _admin = new Uri[SoakSettings.Edges];
    private ProductProcess? _origin;
    private Uri? _originAdmin;

    private SoakDeployment(ProductPrograms programs, string directory, long cacheSize, HttpClient http) =>
        (_programs, _directory, _cacheSize, _http) = (programs, directory, cacheSize, http);

    public SigV4Signer Signer { get; } = new(AccessKeyId, SecretKey, "us-east-1", TimeProvider.System);

    /// <summary>The edges' S3 listeners; they stay the same when an edge is restarted.</summary>
    public IReadOnlyList<Uri> Edges => _s3;

    /// <summary>The edges' admin listeners.</summary>
    public IReadOnlyList<Uri> Admins => _admin;

    /// <summary>The origin's own S3 listener.</summary>
    public Uri Origin { get; private set; } = null!;

    /// <summary>The way of the edges to the origin's S3 listener.</summary>
    public FaultyLink Data { get; private set; } = null!;

    /// <summary>The way of the edges to the origin's admin listener: questions and feeds.</summary>
    public FaultyLink Questions { get; private set; } = null!;

    public static async Task<SoakDeployment> StartAsync(
        ProductPrograms programs, string directory, SoakSettings settings, HttpClient http, CancellationToken cancellation)
    {
        var deployment = new SoakDeployment(programs, directory, settings.CacheSize, http);
        try
        {
            await deployment.StartOriginAsync(cancellation);
            deployment.Data = FaultyLink.Start(EndPoint(deployment.Origin));
            deployment.Questions = FaultyLink.Start(EndPoint(deployment._origin!.Admin));
            for (var i = 0; i < SoakSettings.Edges; i++)
            {
                await deployment.StartEdgeAsync(i, cancellation);
            }

            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process id of an edge; null while it is down.</summary>
    public int? ProcessIdOf(int edge) => Volatile.Read(ref _edges[edge])?.Id;

    /// <summary>Where an edge keeps its cache.</summary>
    public string CacheOf(int edge) => Path.Combine(EdgeDirectory(edge), "chunks");

    /// <summary>Ends an edge, by SIGKILL or in order, and starts it again.</summary>
    public async Task RestartEdgeAsync(int edge, bool kill, CancellationToken cancellation)
    {
        await StopAsync(Interlocked.Exchange(ref _edges[edge], null)!, kill);
        await StartEdgeAsync(edge, cancellation);
    }

    /// <summary>Ends the origin, by SIGKILL or in order, and starts it again.</summary>
    public async Task RestartOriginAsync(bool kill, CancellationToken cancellation)
    {
        await StopAsync(Interlocked.Exchange(ref _origin, null)!, kill);
        await StartOriginAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var edge in _edges.OfType<ProductProcess>())
        {
            await edge.DisposeAsync();
        }

        if (Data is not null)
        {
            await Data.DisposeAsync();
        }

        if (Questions is not null)
        {
            await Questions.DisposeAsync();
        }

        if (_origin is not null)
        {
            await _origin.DisposeAsync();
        }
    }

    private static async Task StopAsync(ProductProcess process, bool kill)
    {
        if (kill)
        {
            await process.KillAsync();
        }

        await process.DisposeAsync();
    }

    private async Task StartOriginAsync(CancellationToken cancellation)
    {
        var data = Path.Combine(_directory, "origin");
        Directory.CreateDirectory(data);
        File.Delete(Path.Combine(data, "endpoints.json")); // A killed process leaves it.
        _origin = await ProductProcess.StartAsync(
            _programs.Origin,
            data,
            [
                "--Origin:Region=ORD1", $"--Origin:DataDirectory={data}", $"--Origin:S3Url={Listen(Origin)}", $"--Origin:AdminUrl={Listen(_originAdmin)}",
                $"--Origin:ControlPlaneUrl={AnyPort}", $"--Origin:ClusterSecret={ClusterSecret}", "--Origin:Domain=localhost",
                "--Origin:Bootstrap:OrganizationId=load", $"--Origin:Bootstrap:AccessKeyId={AccessKeyId}", $"--Origin:Bootstrap:SecretKey={SecretKey}",
            ],
            _http,
            cancellation);
        (Origin, _originAdmin) = (_origin.S3, _origin.Admin);
    }

    private async Task StartEdgeAsync(int edge, CancellationToken cancellation)
    {
        var data = EdgeDirectory(edge);
        Directory.CreateDirectory(data);
        File.Delete(Path.Combine(data, "endpoints.json")); // A killed process leaves it.
        var process = await ProductProcess.StartAsync(
            _programs.Edge,
            data,
            [
                $"--Edge:Name=EDGE{edge}", $"--Edge:S3Url={Listen(_s3[edge])}", $"--Edge:AdminUrl={Listen(_admin[edge])}", $"--Edge:DataDirectory={data}",
                $"--Edge:CacheSize={_cacheSize}", "--Edge:CacheWritesPerDay=0", $"--Edge:ClusterSecret={ClusterSecret}",
                $"--Edge:ControlPlaneAdminUrl={Questions.Url}", "--Edge:Regions:0:Name=ORD1", $"--Edge:Regions:0:S3Url={Data.Url}",
                $"--Edge:Regions:0:AdminUrl={Questions.Url}", "--Edge:DefaultRegion=ORD1", "--Edge:Domain=localhost",
                "--Edge:AdminTokens:0:Name=soak", $"--Edge:AdminTokens:0:Token={AdminToken}",
            ],
            _http,
            cancellation);
        (_s3[edge], _admin[edge]) = (process.S3, process.Admin);
        Volatile.Write(ref _edges[edge], process);
    }

    private string EdgeDirectory(int edge) => Path.Combine(_directory, $"edge-{edge}");

    private static string Listen(Uri? previous) => previous is null ? AnyPort : previous.GetLeftPart(UriPartial.Authority);

    private static IPEndPoint EndPoint(Uri url) => new(IPAddress.Parse(url.Host), url.Port);
}
