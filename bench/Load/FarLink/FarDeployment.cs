using System.Net;
using EdgeCache.Load.Servers;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.FarLink;

/// <summary>An origin, and an edge that reaches it only over a long way: reads, questions and feeds all go through delay proxies.</summary>
internal sealed class FarDeployment : IAsyncDisposable
{
    private const string Bucket = "far";
    private const string AccessKeyId = "LOADTOOLACCESSKEY000";
    private const string SecretKey = "load-tool-secret-key-for-loopback-only-0";
    private const string ClusterSecret = "load-tool-cluster-secret-for-loopback-only";
    private const string AnyPort = "http://127.0.0.1:0";

    private static readonly TimeSpan PresignedFor = TimeSpan.FromDays(1);
    private static readonly SigV4Signer Signer = new(AccessKeyId, SecretKey, "us-east-1", TimeProvider.System);

    private readonly ProductProcess _origin;
    private readonly ProductProcess _edge;
    private readonly DelayProxy _data;
    private readonly DelayProxy _questions;

    private FarDeployment(ProductProcess origin, ProductProcess edge, DelayProxy data, DelayProxy questions, S3Account account) =>
        (_origin, _edge, _data, _questions, Account) = (origin, edge, data, questions, account);

    /// <summary>The bucket, at the origin without the way.</summary>
    public S3Account Account { get; }

    /// <summary>The origin's S3 listener at the other end of the way.</summary>
    public IPEndPoint FarOrigin => _data.EndPoint;

    public IPEndPoint Edge => _edge.EndPoint;

    public TimeSpan EdgeCpu => _edge.CpuTime;

    public static async Task<FarDeployment> StartAsync(
        ProductPrograms programs, string directory, FarLinkSettings settings, HttpClient http, CancellationToken cancellation)
    {
        var originData = Path.Combine(directory, "origin");
        var edgeData = Path.Combine(directory, "edge");
        var origin = await ProductProcess.StartAsync(
            programs.Origin,
            originData,
            [
                "--Origin:Region=ORD1", $"--Origin:DataDirectory={originData}", $"--Origin:S3Url={AnyPort}", $"--Origin:AdminUrl={AnyPort}",
                $"--Origin:ControlPlaneUrl={AnyPort}", $"--Origin:ClusterSecret={ClusterSecret}", "--Origin:Domain=localhost",
                "--Origin:Bootstrap:OrganizationId=load", $"--Origin:Bootstrap:AccessKeyId={AccessKeyId}", $"--Origin:Bootstrap:SecretKey={SecretKey}",
            ],
            http,
            cancellation);
        var oneWay = settings.RoundTrip / 2;
        var data = DelayProxy.Start(origin.EndPoint, oneWay, settings.Window);
        var questions = DelayProxy.Start(new IPEndPoint(IPAddress.Parse(origin.Admin.Host), origin.Admin.Port), oneWay, settings.Window);
        try
        {
            var edge = await ProductProcess.StartAsync(
                programs.Edge,
                edgeData,
                [
                    "--Edge:Name=LGA1", $"--Edge:S3Url={AnyPort}", $"--Edge:AdminUrl={AnyPort}", $"--Edge:DataDirectory={edgeData}",
                    $"--Edge:CacheSize={settings.CacheSize}", $"--Edge:ClusterSecret={ClusterSecret}", $"--Edge:ControlPlaneAdminUrl={questions.Url}",
                    "--Edge:Regions:0:Name=ORD1", $"--Edge:Regions:0:S3Url={data.Url}", $"--Edge:Regions:0:AdminUrl={questions.Url}",
                    "--Edge:DefaultRegion=ORD1", "--Edge:Domain=localhost", .. settings.EdgeArguments,
                ],
                http,
                cancellation);
            return new FarDeployment(origin, edge, data, questions, new S3Account(http, Signer, origin.S3, Bucket));
        }
        catch
        {
            await data.DisposeAsync();
            await questions.DisposeAsync();
            await origin.DisposeAsync();
            throw;
        }
    }

    /// <summary>The presigned path and query of a read at an end point.</summary>
    public static string Target(IPEndPoint endPoint, string key, HttpMethod method) =>
        Signer.Presign(method, new Uri($"http://{endPoint}/{Bucket}/{key}"), PresignedFor).PathAndQuery;

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _data.DisposeAsync();
        await _questions.DisposeAsync();
        await _origin.DisposeAsync();
    }
}
