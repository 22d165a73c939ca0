using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>One <see cref="TwoRegionDeployment"/> for the tests of a class.</summary>
public sealed class TwoRegions : IAsyncLifetime
{
    internal TwoRegionDeployment Deployment { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Deployment = await TwoRegionDeployment.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => Deployment?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Origins of two regions, ORD1 (with the control plane) and LAS1, and one edge, as processes of their own; and a second organization.</summary>
internal sealed class TwoRegionDeployment : IAsyncDisposable
{
    public const string ClusterSecret = "a cluster secret for tests, long enough";
    public const string AccessKeyId = "CWTESTTESTTEST01";
    public const string SecretKey = "cwotesttesttesttesttesttesttesttesttesttest";
    public const string ApiToken = "cwttesttesttesttesttesttesttesttesttesttest";
    public const string OtherAccessKeyId = "CWOTHEROTHER0001";
    public const string OtherSecretKey = "cwootherotherotherotherotherotherotherother";

    private readonly TempDirectory _directory = new();

    private TwoRegionDeployment()
    {
    }

    public ServerProcess Ord { get; private set; } = null!;

    public ServerProcess Las { get; private set; } = null!;

    public ServerProcess Edge { get; private set; } = null!;

    public static async Task<TwoRegionDeployment> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] ofAll)
    {
        var deployment = new TwoRegionDeployment();
        try
        {
            var ord = Origin("ORD1", ofAll);
            ord["ControlPlaneUrl"] = "http://127.0.0.1:0";
            ord["Bootstrap:OrganizationId"] = "main";
            ord["Bootstrap:AccessKeyId"] = AccessKeyId;
            ord["Bootstrap:SecretKey"] = SecretKey;
            ord["Bootstrap:ApiToken"] = ApiToken;
            ord["Bootstrap:Organizations:0:Id"] = "other";
            ord["Bootstrap:Organizations:0:AccessKeyId"] = OtherAccessKeyId;
            ord["Bootstrap:Organizations:0:SecretKey"] = OtherSecretKey;
            deployment.Ord = await ServerProcess.StartOriginAsync(Path.Combine(deployment._directory.Path, "ord"), ord, cancellationToken);
            var las = Origin("LAS1", ofAll);
            las["ControlPlaneAdminUrl"] = deployment.Ord.Endpoints.Admin;
            deployment.Las = await ServerProcess.StartOriginAsync(Path.Combine(deployment._directory.Path, "las"), las, cancellationToken);
            var edge = new Dictionary<string, string>(ofAll.Select(static s => KeyValuePair.Create(s.Name, s.Value)))
            {
                ["Name"] = "LGA1", ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0", ["CacheSize"] = "1GiB", ["ClusterSecret"] = ClusterSecret,
                ["ControlPlaneAdminUrl"] = deployment.Ord.Endpoints.Admin, ["DefaultRegion"] = "ORD1", ["Domain"] = "localhost",
                ["Regions:0:Name"] = "ORD1", ["Regions:0:S3Url"] = deployment.Ord.Endpoints.S3, ["Regions:0:AdminUrl"] = deployment.Ord.Endpoints.Admin,
                ["Regions:1:Name"] = "LAS1", ["Regions:1:S3Url"] = deployment.Las.Endpoints.S3, ["Regions:1:AdminUrl"] = deployment.Las.Endpoints.Admin,
            };
            deployment.Edge = await ServerProcess.StartEdgeAsync(Path.Combine(deployment._directory.Path, "edge"), edge, cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { Edge, Las, Ord })
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        _directory.Dispose();
    }

    private static Dictionary<string, string> Origin(string region, (string Name, string Value)[] settings) =>
        new(settings.Select(static s => KeyValuePair.Create(s.Name, s.Value)))
    {
        ["Region"] = region, ["Regions:0"] = "ORD1", ["Regions:1"] = "LAS1", ["S3Url"] = "http://127.0.0.1:0", ["AdminUrl"] = "http://127.0.0.1:0",
        ["ClusterSecret"] = ClusterSecret, ["Domain"] = "localhost",
    };
}
