using EdgeCache.Edge.Hosting;
using EdgeCache.Origin.Hosting;

namespace EdgeCache.Standalone;

/// <summary>
/// All tiers of a deployment in this process, each started through the same configuration as when it is a program of its own.
/// Origins come first, the control plane's host before all, since the others ask it; they stop in the reverse order.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    /// <summary>How long all tiers together may take to stop before the process ends without them.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(4);

    private readonly List<IConfiguration> _originConfigurations = [];
    private readonly List<OriginServer> _origins = [];
    private readonly List<EdgeServer> _edges = [];

    private Deployment()
    {
    }

    public static async Task<Deployment> StartAsync(StandaloneOptions options, DeploymentSecrets secrets, CancellationToken cancellationToken)
    {
        var deployment = new Deployment();
        try
        {
            var ports = new PortLayout(options.PortBase);
            for (var i = 0; i < DeploymentNames.Regions.Count; i++)
            {
                var configuration = OriginConfiguration(options, secrets, ports, i, deployment._origins.FirstOrDefault()?.AdminEndpoint);
                deployment._originConfigurations.Add(configuration);
                deployment._origins.Add(await OriginServer.StartAsync(configuration, cancellationToken));
            }

            deployment.IntroduceOrigins();

            for (var i = 0; i < options.Edges; i++)
            {
                deployment._edges.Add(await EdgeServer.StartAsync(deployment.EdgeConfiguration(options, secrets, ports, i), cancellationToken));
            }

            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public BootstrapDocument Describe(DeploymentSecrets secrets) => new(
        Text(_edges[0].S3Endpoint),
        [.. _origins.Select((origin, i) => new RegionEndpoint(DeploymentNames.Regions[i], Text(origin.S3Endpoint)))],
        Text(_origins[0].ControlPlaneEndpoint!),
        Text(_edges[0].AdminEndpoint),
        [.. _edges.Select(static e => e.AdminEndpoint).Concat(_origins.Select(static o => o.AdminEndpoint)).Select(static a => Text(a) + "/metrics")],
        secrets.AccessKeyId,
        secrets.SecretKey,
        secrets.ApiToken,
        secrets.OperatorToken!);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAllAsync().WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            // Nothing acknowledged is lost: every tier survives being killed.
        }
    }

    /// <summary>Makes the origins known to each other, once all have their ports.</summary>
    private void IntroduceOrigins()
    {
        for (var i = 0; i < _origins.Count; i++)
        {
            foreach (var (peer, index) in Enumerable.Range(0, _origins.Count).Where(p => p != i).Select(static (p, index) => (p, index)))
            {
                _originConfigurations[i][$"Origin:Peers:{index}:Name"] = DeploymentNames.Regions[peer];
                _originConfigurations[i][$"Origin:Peers:{index}:S3Url"] = Text(_origins[peer].S3Endpoint);
                _originConfigurations[i][$"Origin:Peers:{index}:AdminUrl"] = Text(_origins[peer].AdminEndpoint);
            }
        }
    }

    /// <summary>Edges together, then the origins one by one: each follows the one that was started before it.</summary>
    private async Task StopAllAsync()
    {
        await Task.WhenAll(_edges.Select(static edge => edge.DisposeAsync().AsTask()));
        for (var i = _origins.Count - 1; i >= 0; i--)
        {
            await _origins[i].DisposeAsync();
        }
    }

    private static string Text(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);

    private static IConfiguration OriginConfiguration(
        StandaloneOptions options, DeploymentSecrets secrets, PortLayout ports, int index, Uri? controlPlaneAdmin)
    {
        var region = DeploymentNames.Regions[index];
        var settings = new Dictionary<string, string?>
        {
            ["Origin:Region"] = region,
            ["Origin:DataDirectory"] = Path.Combine(options.DataDirectory, region),
            ["Origin:S3Url"] = ports.Origin(index),
            ["Origin:AdminUrl"] = ports.OriginAdmin(index),
            ["Origin:ClusterSecret"] = secrets.ClusterSecret,
            ["Origin:Domain"] = DeploymentNames.Domain,
            ["Origin:AllowPrivateIssuers"] = "true", // A laptop's cluster has its issuer on the laptop.
            ["Logging:LogLevel:Default"] = "Warning",
        };
        for (var i = 0; i < DeploymentNames.Regions.Count; i++)
        {
            settings[$"Origin:Regions:{i}"] = DeploymentNames.Regions[i];
        }

        if (controlPlaneAdmin is null)
        {
            settings["Origin:ControlPlaneUrl"] = ports.ControlPlane;
            settings["Origin:Bootstrap:OrganizationId"] = DeploymentNames.OrganizationId;
            settings["Origin:Bootstrap:AccessKeyId"] = secrets.AccessKeyId;
            settings["Origin:Bootstrap:SecretKey"] = secrets.SecretKey;
            settings["Origin:Bootstrap:ApiToken"] = secrets.ApiToken;
            settings["Origin:Bootstrap:OperatorToken"] = secrets.OperatorToken;
        }
        else
        {
            settings["Origin:ControlPlaneAdminUrl"] = Text(controlPlaneAdmin);
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }

    private IConfiguration EdgeConfiguration(StandaloneOptions options, DeploymentSecrets secrets, PortLayout ports, int index)
    {
        var name = DeploymentNames.Edge(index);
        var settings = new Dictionary<string, string?>
        {
            ["Edge:Name"] = name,
            ["Edge:DataDirectory"] = Path.Combine(options.DataDirectory, name),
            ["Edge:S3Url"] = ports.Edge(index),
            ["Edge:AdminUrl"] = ports.EdgeAdmin(index),
            ["Edge:CacheSize"] = options.CacheSize,
            ["Edge:ClusterSecret"] = secrets.ClusterSecret,
            ["Edge:AdminTokens:0:Name"] = "operator",
            ["Edge:AdminTokens:0:Token"] = secrets.OperatorToken,
            ["Edge:ControlPlaneAdminUrl"] = Text(_origins[0].AdminEndpoint),
            ["Edge:DefaultRegion"] = DeploymentNames.Regions[0],
            ["Edge:Domain"] = DeploymentNames.Domain,
            ["Logging:LogLevel:Default"] = "Warning",
        };
        for (var i = 0; i < _origins.Count; i++)
        {
            settings[$"Edge:Regions:{i}:Name"] = DeploymentNames.Regions[i];
            settings[$"Edge:Regions:{i}:S3Url"] = Text(_origins[i].S3Endpoint);
            settings[$"Edge:Regions:{i}:AdminUrl"] = Text(_origins[i].AdminEndpoint);
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }
}
