using System.Diagnostics.Metrics;
using EdgeCache.Edge.Audit;
using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Passthrough;
using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Pipeline.AccessLogging;
using EdgeCache.Edge.Responding;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;
using Microsoft.Extensions.Caching.Hybrid;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Hosting;

/// <summary>The parts of an edge behind its web server, put together in the order in which they depend on each other.</summary>
internal sealed class EdgeParts : IAsyncDisposable
{
    private const string SigningRegion = "default";

    /// <summary>How long fills may take to end once they are told to; what they still hold then is lost with the process.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private readonly EdgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Stack<IDisposable> _owned = new();
    private readonly ChunkCache _store;
    private readonly AuditParts _audit;
    private readonly MetadataCache _metadata;
    private readonly ControlPlane _controlPlane;
    private readonly RegionSet _regions;
    private readonly Prefetcher _prefetcher;

    public EdgeParts(
        EdgeOptions options,
        DataDirectory directory,
        ChunkCache store,
        HybridCache cache,
        AuditParts audit,
        IMeterFactory meters,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        (_options, _store, _audit, _time, _loggers) = (options, store, audit, time, loggers);
        Metrics = new EdgeMetrics(meters);
        _metadata = new MetadataCache(cache);
        _controlPlane = OpenControlPlane(directory);
        _regions = new RegionSet([.. options.Regions.Select(r => OpenRegion(r, directory))], options.DefaultRegion);
        Streams = [_controlPlane.Changes, .. _regions.All.Select(static r => r.Changes)];
        Metrics.Observe(Streams);
        Directory = new BucketDirectory(
            _controlPlane, _regions, _metadata, new QuestionBudget(options.UnseenBucketsPerSecond, time), _stopping.Token);
        var facts = new BucketFactsCache(_metadata, options.MaxStaleness, time, Metrics, _stopping.Token);
        Locator = new BucketLocator(Directory, facts, _regions);
        Versions = new VersionCache(_metadata, options.MaxStaleness, time, Metrics, _stopping.Token);
        Organizations = new OrganizationCache(_controlPlane, _metadata, options.ControlPlaneMaxSilence, time, Metrics, _stopping.Token);
        var budget = ByteSize.Parse(options.Fill.MaxBytesInFlight);
        Buffers = Own(new FillBuffers(budget));
        Peers = options.PeerUrl.Length == 0 ? null : new PeerParts(options, meters, time, loggers);
        Budgets = new FillBudgets(budget, options.Fill.MaxActive, options.Fill.MaxQueued, hasPeers: Peers is not null);
        Metrics.Observe(Budgets);
        Sources = new ChunkSources(Peers?.Sources, Metrics);

        // Which edge is to be asked for a chunk depends on the version: with peers there is nobody to ask before it is known.
        var maxHeadstarts = Peers is null ? options.Fill.MaxHeadstarts : 0;
        Headstarts = new Headstarts(Budgets.FromRegions, maxHeadstarts, options.Fill.StallTimeout, time);
        var fetcher = new FillFetcher(store, Sources, options.Fill, time, Metrics, loggers.CreateLogger<FillFetcher>());
        var runner = new FillRunner(store, fetcher, Sources, Buffers, time, Metrics, loggers.CreateLogger<FillRunner>());
        Fills = new FillTable(store, Sources, runner, Budgets, Headstarts, Metrics, _stopping.Token);
        _prefetcher = new Prefetcher(Fills, store);
        _prefetcher.Start();
        Readers = new RangeReaders(store, Fills, _prefetcher, Headstarts, options.Fill, Metrics);
        Peers?.Listen(_regions, Readers);
    }

    public EdgeMetrics Metrics { get; }

    /// <summary>The log of requests; null when there is to be none.</summary>
    public AccessLog? AccessLog { get; init; }

    /// <summary>The control plane's stream and the regions'.</summary>
    public IReadOnlyList<ChangeStream> Streams { get; }

    public List<FeedFollower> Followers { get; } = [];

    /// <summary>Where buckets live.</summary>
    public BucketDirectory Directory { get; }

    public BucketLocator Locator { get; }

    public VersionCache Versions { get; }

    public OrganizationCache Organizations { get; }

    public RegionSet Regions => _regions;

    public FillTable Fills { get; }

    /// <summary>Decide which fill goes next.</summary>
    public FillBudgets Budgets { get; }

    /// <summary>Opens readers of objects.</summary>
    public RangeReaders Readers { get; }

    /// <summary>The other edges of the datacenter; null when there are to be none.</summary>
    public PeerParts? Peers { get; }

    /// <summary>First bytes that were asked for beside the version.</summary>
    public Headstarts Headstarts { get; }

    /// <summary>Where fills get their bytes.</summary>
    public ChunkSources Sources { get; }

    public ChunkCache Store => _store;

    /// <summary>The memory of fills.</summary>
    public FillBuffers Buffers { get; }

    /// <summary>The pipeline over these parts.</summary>
    public RequestPipeline CreatePipeline(IHttpForwarder forwarder)
    {
        var options = _options;
        var budget = new QuestionBudget(options.UnseenKeysPerSecond, _time);
        var keys = new SigningKeyCache(_controlPlane, _metadata, budget, options.ControlPlaneMaxSilence, _time, Metrics, _stopping.Token);
        var report = new CacheReport(options.Name);
        var authenticator = new Authenticator(keys, _time);
        var audit = new RequestAudit(_audit, Organizations, Locator, authenticator, options, _time);
        var reads = new ObjectReads(
            authenticator,
            Locator,
            Organizations,
            Versions,
            new Authoriser(_time, _loggers.CreateLogger<Authoriser>()),
            audit,
            Readers,
            new ObjectResponder(report, _time, _loggers.CreateLogger<ObjectResponder>()));
        var passing = new RequestForwarder(
            forwarder,
            Own(UpstreamHttp.CreatePassthrough(options.Upstream)),
            new RegionRouter(Locator, _regions),
            new WriteEffects(Directory),
            report,
            new EdgeForwarding(options.ClusterSecret),
            new CopySourceStatement(options.ClusterSecret),
            options,
            Metrics,
            _time,
            _loggers.CreateLogger<RequestForwarder>());
        var hosts = S3HostOptions.ForDomain(options.Domain, options.Regions.Select(static r => r.Name.ToLowerInvariant()), options.Domain);
        return new RequestPipeline(
            hosts,
            reads,
            passing,
            new ErrorResponder(report, HostIdentity.For(options.Name), _time),
            new CrossOrigin(Locator, hosts, report),
            audit,
            AccessLog is null ? null : new RequestLines(AccessLog, _time),
            Metrics,
            _time,
            _loggers.CreateLogger<RequestPipeline>());
    }

    /// <summary>Ends what belongs to no request: questions, fills. After the server has stopped, so that nothing new begins.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _prefetcher.DisposeAsync();
        await Fills.DrainAsync().WaitAsync(DrainTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Peers is not null)
        {
            await Peers.DisposeAsync();
        }

        while (_owned.TryPop(out var disposable))
        {
            disposable.Dispose();
        }
    }

    private ControlPlane OpenControlPlane(DataDirectory directory)
    {
        var http = Own(UpstreamHttp.CreateAdmin(new Uri(_options.ControlPlaneAdminUrl), _options.ClusterSecret, _options.Upstream));
        var changes = Follow("control", http, InternalApi.ControlFeed, directory);
        return new ControlPlane(changes, new InternalApiClient(http, _time, _options.Upstream.ReplyTimeout));
    }

    private Region OpenRegion(EdgeRegionOptions region, DataDirectory directory)
    {
        var http = Own(UpstreamHttp.CreateAdmin(new Uri(region.AdminUrl), _options.ClusterSecret, _options.Upstream));
        var s3Url = new Uri(region.S3Url);
        var credential = EdgeCredential.FromClusterSecret(_options.ClusterSecret);
        return new Region(
            region.Name,
            s3Url,
            Follow(region.Name, http, InternalApi.Feed, directory),
            new InternalApiClient(http, _time, _options.Upstream.ReplyTimeout),
            new RangeClient(
                Own(UpstreamHttp.CreateRanges(_options.Upstream)), s3Url, new SigV4Signer(credential.AccessKeyId, credential.SecretKey, SigningRegion, _time)));
    }

    private ChangeStream Follow(string name, HttpClient http, string path, DataDirectory directory)
    {
        var stream = new ChangeStream(name, _time);
        var checkpoints = new CheckpointFile(stream, directory.Combine($"feed-{name}.checkpoint"), _time);
        var follower = new FeedFollower(stream, http, path, checkpoints, _time, _loggers.CreateLogger<FeedFollower>());
        follower.Restore();
        Followers.Add(follower);
        return stream;
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Push(disposable);
        return disposable;
    }
}
