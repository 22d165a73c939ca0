using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;
using EdgeCache.Load.Servers.Peers;

namespace EdgeCache.Load.Comparison;

/// <summary>The servers of a comparison, all running at once. Disposing stops them all, the last started first.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    public const string Strict = "edgecache-strict";
    public const string Once = "edgecache-once";
    public const string Origin = "origin";
    public const string NginxStatic = "nginx-static";
    public const string NginxCache = "nginx-cache";
    public const string VarnishMemory = "varnish";
    public const string TrafficServerMemory = "trafficserver";

    private const int CopyBuffer = 1 << 20;

    /// <summary>What a cache in memory gets above the data set: one cold object, and its own administration.</summary>
    private const int MemoryFactor = 3;

    private const long LeastMemory = 512L << 20;

    private readonly List<ServerUnderTest> _servers = [];
    private readonly Stack<IAsyncDisposable> _behind = new();

    /// <summary>How many of the names, from the first, are of the product.</summary>
    public const int Own = 3;

    public static IReadOnlyList<string> Names { get; } = [Strict, Once, Origin, NginxStatic, NginxCache, VarnishMemory, TrafficServerMemory];

    /// <summary>The programs of the peers: what each needs, its package's name, and the argument that has it print its version.</summary>
    public static IReadOnlyList<(string Program, string Package, string VersionArgument)> Peers { get; } =
    [
        (Nginx.Program, "nginx", Nginx.VersionArgument),
        (Varnish.Program, "varnish", Varnish.VersionArgument),
        (TrafficServer.Program, "trafficserver", TrafficServer.VersionArgument),
    ];

    public IReadOnlyList<ServerUnderTest> Servers => _servers;

    /// <summary>Starts what the settings name and gives each the data set. A peer that is not installed is left out, with a line.</summary>
    public static async Task<ServerGroup> StartAsync(
        RunSettings settings, DataSet data, HttpClient http, IProgress<string> progress, CancellationToken cancellation)
    {
        var group = new ServerGroup();
        try
        {
            var certificate = settings.Wants(Workload.Tls8M)
                ? await ThrowawayCertificate.MakeAsync(Path.Combine(settings.WorkDirectory, "certificate"), cancellation)
                : null;
            await group.StartProductAsync(settings, data, certificate, http, progress, cancellation);
            await group.StartPeersAsync(settings, data, certificate, http, progress, cancellation);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _servers.Count - 1; i >= 0; i--)
        {
            await _servers[i].DisposeAsync();
        }

        _servers.Clear();
        while (_behind.TryPop(out var behind))
        {
            await behind.DisposeAsync();
        }
    }

    private async Task StartProductAsync(
        RunSettings settings, DataSet data, ThrowawayCertificate? certificate, HttpClient http, IProgress<string> progress, CancellationToken cancellation)
    {
        if (!settings.WantsServer(Strict) && !settings.WantsServer(Once) && !settings.WantsServer(Origin))
        {
            return;
        }

        progress.Report("starting edgecache: origin ORD1 and its edges; uploading");
        var product = await ProductDeployment.StartAsync(
            ProductPrograms.Find(), Path.Combine(settings.WorkDirectory, "edgecache"), [], http, cancellation);
        _behind.Push(product);
        foreach (var stored in data.All)
        {
            await product.Account.PutAsync(stored, cancellation);
        }

        foreach (var (name, edge, checksums) in new[] { (Strict, "LGA1", "Strict"), (Once, "LGA2", "Once") })
        {
            if (settings.WantsServer(name))
            {
                string[] tls = certificate is null
                    ? []
                    : ["--Edge:S3TlsUrl=https://127.0.0.1:0", $"--Edge:TlsCertificate={certificate.Certificate}", $"--Edge:TlsKey={certificate.Key}"];
                string[] arguments = [$"--Edge:Checksums={checksums}", .. tls, .. settings.EdgeArguments];
                var process = await product.StartEdgeAsync(edge, settings.CacheSize, arguments, cancellation);
                _servers.Add(new EdgeCacheServer(name, product, process, product.EdgeDirectory(edge)));
            }
        }

        if (settings.WantsServer(Origin))
        {
            _servers.Add(new OriginServer(Origin, product));
        }
    }

    private async Task StartPeersAsync(
        RunSettings settings, DataSet data, ThrowawayCertificate? certificate, HttpClient http, IProgress<string> progress, CancellationToken cancellation)
    {
        string Below(string name) => Path.Combine(settings.WorkDirectory, name);
        bool Startable(string name, string program)
        {
            var installed = File.Exists(program);
            if (!installed && settings.WantsServer(name))
            {
                progress.Report($"{name} is left out: {program} is not installed");
            }

            return installed && settings.WantsServer(name);
        }

        var (files, cache) = (Startable(NginxStatic, Nginx.Program), Startable(NginxCache, Nginx.Program));
        var (varnish, trafficServer) = (Startable(VarnishMemory, Varnish.Program), Startable(TrafficServerMemory, TrafficServer.Program));
        if ((varnish || trafficServer) && !File.Exists(Nginx.Program))
        {
            progress.Report($"{VarnishMemory} and {TrafficServerMemory} are left out: the source behind them is nginx, and {Nginx.Program} is not installed");
            (varnish, trafficServer) = (false, false);
        }

        if (!(files || cache || varnish || trafficServer))
        {
            return;
        }

        progress.Report("starting peers");
        var root = Below("www");
        await WriteFilesAsync(data, root, cancellation);
        NginxTls? Tls() => certificate is null ? null : new NginxTls(PeerProcess.FreeEndPoint(), certificate);
        if (files)
        {
            var tls = Tls();
            var server = await Nginx.StartAsync(
                Below(NginxStatic), listen => NginxConfiguration.Static(listen, root, settings.NginxWorkers, tls), cancellation);
            _servers.Add(new PeerServer(NginxStatic, root, server, source: null) { Files = root, TlsEndPoint = tls?.Listen });
        }

        if (!(cache || varnish || trafficServer))
        {
            return;
        }

        var memory = Math.Max(LeastMemory, settings.LargeSize * MemoryFactor);
        var source = await Nginx.StartAsync(Below("source"), listen => NginxConfiguration.Static(listen, root, settings.NginxWorkers), cancellation);
        _behind.Push(source);
        if (cache)
        {
            var tls = Tls();
            var server = await Nginx.StartAsync(
                Below(NginxCache),
                listen => NginxConfiguration.Cache(listen, source.EndPoint, settings.CacheSize, settings.NginxWorkers, tls),
                cancellation);
            _servers.Add(new PeerServer(NginxCache, root, server, source) { Files = Path.Combine(Below(NginxCache), "cache"), TlsEndPoint = tls?.Listen });
        }

        if (varnish)
        {
            var server = await Varnish.StartAsync(Below(VarnishMemory), source.EndPoint, memory, cancellation);
            _servers.Add(new PeerServer(VarnishMemory, root, server, source)
            {
                Purge = (target, token) => Varnish.PurgeAsync(http, server.EndPoint, target, token),
            });
        }

        if (trafficServer)
        {
            var server = await TrafficServer.StartAsync(
                Below(TrafficServerMemory), source.EndPoint, settings.CacheSize, memory, settings.NginxWorkers, cancellation);
            _servers.Add(new PeerServer(TrafficServerMemory, root, server, source));
        }
    }

    private static async Task WriteFilesAsync(DataSet data, string root, CancellationToken cancellation)
    {
        foreach (var stored in data.All)
        {
            var path = Path.Combine(root, stored.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = File.Create(path, CopyBuffer);
            await using var content = new SeededStream(stored.Content, stored.Size);
            await content.CopyToAsync(file, CopyBuffer, cancellation);
        }
    }
}
