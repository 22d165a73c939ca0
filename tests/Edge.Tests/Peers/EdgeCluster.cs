using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;
using Microsoft.Extensions.Configuration;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>
/// A real edge between scripted peers, on a clock that the test moves: a control plane, the regions ORD1 and LAS1, one key of the organization
/// <c>acme</c>, and one of <c>other</c>.
/// </summary>
internal sealed class EdgeCluster : IAsyncDisposable
{
    public const string Secret = "a-cluster-secret-for-tests";
    public const string Bucket = "models";
    public const string Organization = "acme";
    public const string AccessKey = "AKACME";
    public const string OtherAccessKey = "AKOTHER";

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, string?> _settings = [];

    public FakeControlPlane Control { get; private init; } = null!;

    public FakeRegion Ord { get; private init; } = null!;

    public FakeRegion Las { get; private init; } = null!;

    public ManualTimeProvider Time { get; private init; } = null!;

    public EdgeServer Edge { get; private set; } = null!;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 256 })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    public SigV4Signer Signer => field ??= new SigV4Signer(AccessKey, "acme-secret", "us-east-1", Time);

    public SigV4Signer OtherSigner => field ??= new SigV4Signer(OtherAccessKey, "other-secret", "us-east-1", Time);

    public static async Task<EdgeCluster> StartAsync(Action<Dictionary<string, string?>>? configure = null)
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var cluster = new EdgeCluster
        {
            Time = time,
            Control = await FakeControlPlane.StartAsync(time), Ord = await FakeRegion.StartAsync("ORD1", time), Las = await FakeRegion.StartAsync("LAS1", time),
        };
        cluster.Control.AddKey(AccessKey, "acme-secret", Organization);
        cluster.Control.AddKey(OtherAccessKey, "other-secret", "other");
        cluster.AddBucket(cluster.Ord, Bucket);
        var settings = cluster._settings;
        settings["Edge:Name"] = "LGA1";
        settings["Edge:S3Url"] = settings["Edge:AdminUrl"] = "http://127.0.0.1:0";
        settings["Edge:DataDirectory"] = cluster._directory.Path;
        settings["Edge:CacheSize"] = "256MiB";
        settings["Edge:ScrubBytesPerSecond"] = "0"; // what a test damages is for the request to find
        settings["Edge:ClusterSecret"] = Secret;
        settings["Edge:ControlPlaneAdminUrl"] = cluster.Control.Url.ToString();
        settings["Edge:Regions:0:Name"] = "ORD1";
        settings["Edge:Regions:0:S3Url"] = cluster.Ord.S3Url.ToString();
        settings["Edge:Regions:0:AdminUrl"] = cluster.Ord.AdminUrl.ToString();
        settings["Edge:Regions:1:Name"] = "LAS1";
        settings["Edge:Regions:1:S3Url"] = cluster.Las.S3Url.ToString();
        settings["Edge:Regions:1:AdminUrl"] = cluster.Las.AdminUrl.ToString();
        settings["Edge:ZeroCopy"] = Environment.GetEnvironmentVariable("Edge__ZeroCopy") ?? "true"; // as for the programs
        settings["Logging:LogLevel:Default"] = "Error";
        configure?.Invoke(settings);
        await cluster.StartEdgeAsync();
        return cluster;
    }

    public void AddBucket(FakeRegion region, string bucket, Shared.Iam.CannedAcl acl = Shared.Iam.CannedAcl.Private)
    {
        region.AddBucket(bucket, Organization, acl);
        Control.Directory[bucket] = new(bucket, region.Name, Organization, DateTimeOffset.UnixEpoch, Control.Feed.Position);
    }

    public async Task RestartEdgeAsync()
    {
        await Edge.DisposeAsync();
        await StartEdgeAsync();
    }

    /// <summary>Stops the edge, and starts it again once <paramref name="meanwhile"/> has gone by.</summary>
    public async Task RestartEdgeAsync(Action meanwhile)
    {
        await Edge.DisposeAsync();
        meanwhile();
        await StartEdgeAsync();
    }

    /// <summary>Waits until the edge has applied all that the peers have published.</summary>
    public async Task CaughtUpAsync()
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var (stream, feed) in Edge.Parts.Streams.Zip([Control.Feed, Ord.Feed, Las.Feed]))
        {
            feed.Heartbeat();
            await stream.WaitForAsync(feed.Position, TimeSpan.FromHours(1), token);
        }
    }

    public ChangeStream Stream(FakeRegion region) => Edge.Parts.Streams.Single(s => s.Name == region.Name);

    /// <summary>A signed request of <c>/bucket/key</c>; <paramref name="target"/> is sent as it is written.</summary>
    public HttpRequestMessage Request(HttpMethod method, string target, string? range = null)
    {
        var request = Unsigned(method, target);
        if (range is not null)
        {
            request.Headers.Range = RangeHeaderValue.Parse(range);
        }

        Signer.Sign(request);
        return request;
    }

    public HttpRequestMessage Unsigned(HttpMethod method, string target) => new(
        method, new Uri(Edge.S3Endpoint.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> GetAsync(string key, string? range = null) => SendAsync(Request(HttpMethod.Get, $"/{Bucket}/{key}", range));

    public async Task<byte[]> ReadAsync(string key, string? range = null)
    {
        using var response = await GetAsync(key, range);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The audit records that wait for delivery, in their order.</summary>
    public IReadOnlyList<JsonElement> AuditRecords()
    {
        var records = new List<JsonElement>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_directory.Path, "audit", "data-plane")).Order(StringComparer.Ordinal))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var lines = new StreamReader(stream);
            while (lines.ReadLine() is { } line)
            {
                Assert.True(AuditLine.TryRead(Encoding.UTF8.GetBytes(line), out var organization, out var json));
                var record = JsonDocument.Parse(json.ToArray()).RootElement;
                Assert.Equal(organization, record.GetProperty("organizationId").GetString());
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>Overwrites a byte in the segment file that holds <paramref name="content"/>.</summary>
    public void DamageStoredBytes(byte[] content)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_directory.Path, "chunks"), "*", SearchOption.AllDirectories).Where(static f => !f.EndsWith("lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var window = new byte[8 << 20];
            var count = stream.ReadAtLeast(window, window.Length, throwOnEndOfStream: false);
            var at = window.AsSpan(0, count).IndexOf(content);
            if (at >= 0)
            {
                stream.Position = at;
                stream.WriteByte((byte)~content[0]);
                return;
            }
        }

        Assert.Fail("The content is not in any segment file.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Edge.DisposeAsync();
        await Control.DisposeAsync();
        await Ord.DisposeAsync();
        await Las.DisposeAsync();
        _directory.Dispose();
    }

    private async Task StartEdgeAsync()
    {
        Edge = await EdgeServer.StartAsync(
            new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(), Time, TestContext.Current.CancellationToken);
        await CaughtUpAsync();
    }
}
