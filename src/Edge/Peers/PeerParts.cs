using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Peers;

/// <summary>All that has to do with the other edges of the datacenter, put together.</summary>
internal sealed class PeerParts : IAsyncDisposable
{
    /// <summary>Hellos go over a connection of their own when all others carry chunks.</summary>
    private const int HelloConnections = 1;

    private readonly EdgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly HttpClient _http;
    private readonly PeerAuthentication _authentication;
    private readonly PeerMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public PeerParts(EdgeOptions options, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _time, _loggers) = (options, time, loggers);
        Set = new PeerSet(options.Name);
        _metrics = new PeerMetrics(meters, Set);
        _authentication = new PeerAuthentication(options.ClusterSecret);
        _http = UpstreamHttp.CreatePeers(options.Upstream.ConnectTimeout, options.Fill.MaxActive + HelloConnections);
        var client = new PeerClient(_http, options.Name, _authentication, _metrics, time, loggers.CreateLogger<PeerClient>());
        Discovery = new PeerDiscovery(
            [.. options.Peers.Select(static p => new PeerAddress(p.Name, new Uri(p.Url)))],
            TryParseDns(options.PeersDns, out var dns) ? dns : null,
            Dns.GetHostAddressesAsync,
            time,
            loggers.CreateLogger<PeerDiscovery>());
        Monitor = new PeerMonitor(Set, Discovery, client, time, loggers.CreateLogger<PeerMonitor>());
        Sources = new PeerSources(Set, client, new LocalCopies(time), _metrics);
    }

    public PeerSet Set { get; }

    public PeerDiscovery Discovery { get; }

    public PeerMonitor Monitor { get; }

    public PeerSources Sources { get; }

    /// <summary>What serves the other edges; once <see cref="Listen"/> was called.</summary>
    public PeerListener Listener { get; private set; } = null!;

    /// <summary>Reads <c>name:port</c>.</summary>
    public static bool TryParseDns(string text, [NotNullWhen(true)] out DnsEndPoint? name)
    {
        name = text.LastIndexOf(':') is var colon and > 0 && Uri.CheckHostName(text[..colon]) is not UriHostNameType.Unknown &&
            ushort.TryParse(text[(colon + 1)..], out var port) && port > 0
                ? new DnsEndPoint(text[..colon], port)
                : null;
        return name is not null;
    }

    /// <summary>Makes the listener, which reads through what asks these parts.</summary>
    public void Listen(RegionSet regions, RangeReaders readers) =>
        Listener = new PeerListener(_options.Name, _authentication, regions, readers, _metrics, _time, _loggers.CreateLogger<PeerListener>());

    /// <summary>Looks for the others, once for as long as that takes at most, and then on and on.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Monitor.CheckAsync(cancellationToken);
        _running = Monitor.RunAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        Monitor.Dispose();
        _http.Dispose();
        _stopping.Dispose();
    }
}
