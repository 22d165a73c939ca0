using System.Net.Http.Headers;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>
/// Origins of two regions and three edges, each a process. Every edge reaches every region through two proxies of its own: one to the admin listener,
/// which carries the feed and the questions for facts, and one to the S3 listener.
/// </summary>
internal sealed class HistoryDeployment : IAsyncDisposable
{
    public const string AccessKeyId = "CWTESTTESTTEST01";
    public const string SecretKey = "cwotesttesttesttesttesttesttesttesttesttest";
    public static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(2);

    private const string ApiToken = "cwttesttesttesttesttesttesttesttesttesttest";
    private const string ClusterSecret = "a cluster secret for tests, long enough";

    private static readonly string[] EdgeNames = ["LGA1", "SJC1", "FRA1"];

    private readonly TempDirectory _directory = new();

    private HistoryDeployment()
    {
    }

    /// <summary>ORD1, which has the control plane, and LAS1.</summary>
    public List<ServerProcess> Origins { get; } = [];

    public List<ServerProcess> Edges { get; } = [];

    /// <summary>The proxies of each edge to the admin listeners, by region.</summary>
    public List<TcpProxy[]> Admin { get; } = [];

    /// <summary>The proxies of each edge to the S3 listeners, by region.</summary>
    public List<TcpProxy[]> S3 { get; } = [];

    public static string EdgeName(int edge) => EdgeNames[edge];

    public static async Task<HistoryDeployment> StartAsync(int seed, CancellationToken cancellationToken)
    {
        var deployment = new HistoryDeployment();
        try
        {
            await deployment.StartOriginsAsync(cancellationToken);
            foreach (var name in EdgeNames)
            {
                await deployment.StartEdgeAsync(name, seed, cancellationToken);
            }

            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes reads of a bucket strong, through the control plane's API as an operator would.</summary>
    public async Task MakeStrongAsync(string bucket, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, Origins[0].Endpoints.ControlPlane + "/v1/cwobject/bucket/settings");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiToken);
        request.Content = new StringContent($$$"""{"bucketName":"{{{bucket}}}","settings":{"strongReads":true}}""", Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, cancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Edges.Concat(Origins))
        {
            await process.DisposeAsync();
        }

        foreach (var proxy in Admin.Concat(S3).SelectMany(static p => p))
        {
            await proxy.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task StartOriginsAsync(CancellationToken cancellationToken)
    {
        var ord = Origin("ORD1");
        ord["ControlPlaneUrl"] = "http://127.0.0.1:0";
        ord["Bootstrap:OrganizationId"] = "main";
        ord["Bootstrap:AccessKeyId"] = AccessKeyId;
        ord["Bootstrap:SecretKey"] = SecretKey;
        ord["Bootstrap:ApiToken"] = ApiToken;
        Origins.Add(await ServerProcess.StartOriginAsync(Path.Combine(_directory.Path, "ord"), ord, cancellationToken));
        var las = Origin("LAS1");
        las["ControlPlaneAdminUrl"] = Origins[0].Endpoints.Admin;
        Origins.Add(await ServerProcess.StartOriginAsync(Path.Combine(_directory.Path, "las"), las, cancellationToken));

        // Only now it is known where the other region is.
        (ord["Peers:0:Name"], ord["Peers:0:S3Url"], ord["Peers:0:AdminUrl"]) = ("LAS1", Origins[1].Endpoints.S3, Origins[1].Endpoints.Admin);
        await Origins[0].KillAsync();
        await Origins[0].RestartAsync(cancellationToken);
    }

    private async Task StartEdgeAsync(string name, int seed, CancellationToken cancellationToken)
    {
        Admin.Add([.. Origins.Select((o, region) => TcpProxy.Start(o.Endpoints.Admin, HashCode.Combine(seed, name.Length, Edges.Count, region)))]);
        S3.Add([.. Origins.Select((o, region) => TcpProxy.Start(o.Endpoints.S3, seed + region))]);
        var settings = new Dictionary<string, string>
        {
            ["Name"] = name, ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0", ["CacheSize"] = "256MiB", ["ClusterSecret"] = ClusterSecret,
            ["ControlPlaneAdminUrl"] = Origins[0].Endpoints.Admin, ["DefaultRegion"] = "ORD1", ["Domain"] = "localhost", ["MaxStaleness"] = MaxStaleness.ToString(),
            ["Upstream:ReplyTimeout"] = "00:00:01.5", ["Upstream:ConnectTimeout"] = "00:00:01",
        };
        for (var region = 0; region < Origins.Count; region++)
        {
            settings[$"Regions:{region}:Name"] = region == 0 ? "ORD1" : "LAS1";
            settings[$"Regions:{region}:S3Url"] = S3[^1][region].Url;
            settings[$"Regions:{region}:AdminUrl"] = Admin[^1][region].Url;
        }

        Edges.Add(await ServerProcess.StartEdgeAsync(Path.Combine(_directory.Path, name), settings, cancellationToken));
    }

    private static Dictionary<string, string> Origin(string region) => new()
    {
        ["Region"] = region, ["Regions:0"] = "ORD1", ["Regions:1"] = "LAS1", ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0",
        ["ClusterSecret"] = ClusterSecret, ["Domain"] = "localhost",
    };
}
