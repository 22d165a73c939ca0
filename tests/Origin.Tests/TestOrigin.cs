using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;
using Microsoft.Extensions.Configuration;

namespace EdgeCache.Origin.Tests;

/// <summary>A real origin on free ports and a temporary directory, which can be stopped and started again on the same data.</summary>
internal sealed class TestOrigin : IAsyncDisposable
{
    public const string ClusterSecret = "test-cluster-secret-0123";
    public const string ApiToken = "test-api-token";
    public const string OperatorToken = "test-operator-token";

    private readonly TempDirectory _directory;
    private readonly Dictionary<string, string?> _settings;
    private readonly IConfiguration _configuration;
    private readonly TimeProvider _time;
    private bool _running;

    private TestOrigin(
        TempDirectory directory, Dictionary<string, string?> settings, IConfiguration configuration, TimeProvider time, OriginServer server)
    {
        (_directory, _settings, _configuration, _time, Server) = (directory, settings, configuration, time, server);
        _running = true;
    }

    public OriginServer Server { get; private set; }

    public TimeProvider Time => _time;

    public string DataDirectory => _settings["Origin:DataDirectory"]!;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>A client of the first organization.</summary>
    public S3TestClient Client => new(Server.S3Endpoint, Http, new SigV4Signer("AKMAIN", "main-secret-key", "ORD1", _time));

    /// <summary>A client of another organization.</summary>
    public S3TestClient Stranger => new(Server.S3Endpoint, Http, new SigV4Signer("AKOTHER", "other-secret-key", "ORD1", _time));

    /// <summary>A client that signs nothing.</summary>
    public S3TestClient Anonymous => new(Server.S3Endpoint, Http, signer: null);

    public static async Task<TestOrigin> StartAsync(Dictionary<string, string?>? overrides = null, TimeProvider? time = null)
    {
        var directory = new TempDirectory();
        var settings = Settings(directory.Combine("data"));
        foreach (var (name, value) in overrides ?? [])
        {
            settings[name] = value;
        }

        time ??= TimeProvider.System;
        var configuration = Configuration(settings);
        var server = await OriginServer.StartAsync(configuration, time, TestContext.Current.CancellationToken);
        return new TestOrigin(directory, settings, configuration, time, server);
    }

    public static Dictionary<string, string?> Settings(string directory) => new()
    {
        ["Origin:Region"] = "ORD1",
        ["Origin:ZeroCopy"] = Environment.GetEnvironmentVariable("Origin__ZeroCopy") ?? "true", // as for the programs
        ["Origin:Regions:0"] = "ORD1",
        ["Origin:Regions:1"] = "LAS1",
        ["Origin:DataDirectory"] = directory,
        ["Origin:S3Url"] = "http://127.0.0.1:0",
        ["Origin:AdminUrl"] = "http://127.0.0.1:0",
        ["Origin:ControlPlaneUrl"] = "http://127.0.0.1:0",
        ["Origin:ClusterSecret"] = ClusterSecret,
        ["Origin:Domain"] = "example.test",
        ["Origin:Bootstrap:OrganizationId"] = "main",
        ["Origin:Bootstrap:AccessKeyId"] = "AKMAIN",
        ["Origin:Bootstrap:SecretKey"] = "main-secret-key",
        ["Origin:Bootstrap:ApiToken"] = ApiToken,
        ["Origin:Bootstrap:OperatorToken"] = OperatorToken,
        ["Origin:Bootstrap:Organizations:0:Id"] = "other",
        ["Origin:Bootstrap:Organizations:0:AccessKeyId"] = "AKOTHER",
        ["Origin:Bootstrap:Organizations:0:SecretKey"] = "other-secret-key",
        ["Logging:LogLevel:Default"] = "Warning",
    };

    public static IConfiguration Configuration(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    /// <summary>Starts the origin of another region, which follows this one's control plane, and makes each known to the other.</summary>
    public async Task<TestOrigin> StartPeerAsync(string region)
    {
        var peer = await StartAsync(
            new()
            {
                ["Origin:Region"] = region, ["Origin:ControlPlaneUrl"] = null, ["Origin:ControlPlaneAdminUrl"] = Server.AdminEndpoint.ToString(),
            },
            _time);
        Introduce(peer, region);
        peer.Introduce(this, _settings["Origin:Region"]!);
        return peer;
    }

    private void Introduce(TestOrigin peer, string region)
    {
        _configuration["Origin:Peers:0:Name"] = region;
        _configuration["Origin:Peers:0:S3Url"] = peer.Server.S3Endpoint.ToString();
        _configuration["Origin:Peers:0:AdminUrl"] = peer.Server.AdminEndpoint.ToString();
    }

    public async Task StopAsync()
    {
        if (_running)
        {
            _running = false;
            await Server.DisposeAsync();
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        Server = await OriginServer.StartAsync(_configuration, _time, TestContext.Current.CancellationToken);
        _running = true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _directory.Dispose();
    }
}
