using EdgeCache.Edge.Administration.Warming;
using EdgeCache.Edge.Audit;
using EdgeCache.Edge.Hosting;

namespace EdgeCache.Edge.Administration;

/// <summary>The parts of the admin API. Disposed before the parts that it uses: it ends the warm-ups.</summary>
internal sealed class AdministrationParts : IAsyncDisposable
{
    private readonly EdgeOptions _options;
    private readonly EdgeParts _edge;
    private readonly AuditParts _audit;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ObjectDirectory _objects;
    private readonly WarmJobs _jobs;

    public AdministrationParts(EdgeOptions options, EdgeParts edge, AuditParts audit, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _edge, _audit, _time, _loggers) = (options, edge, audit, time, loggers);
        _objects = new ObjectDirectory(edge.Locator, edge.Versions);
        _jobs = new WarmJobs(new WarmRunner(_objects, edge.Fills, edge.Store, time), edge.Store, time, loggers.CreateLogger<WarmJobs>());
    }

    /// <summary>Whether the edge is being emptied of clients.</summary>
    public DrainState Drain { get; } = new();

    /// <summary>Adds the endpoints of <c>/v1/edge</c>.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        var routes = new AdminRoutes(
            endpoints,
            new AdminAuthentication(_options.AdminTokens, _time),
            new AdminAudit(_audit, _edge.Organizations, _options, _time, _loggers.CreateLogger<AdminAudit>()),
            _loggers.CreateLogger<AdminRoutes>());
        new WarmEndpoints(_objects, _jobs, _edge.Store, _time).Map(routes);
        new ResidencyEndpoint(_objects, _edge.Store, _options.Name).Map(routes);
        new PurgeEndpoint(_objects, _edge.Versions, _edge.Store).Map(routes);
        new PinEndpoints(_objects, _edge.Store, _time).Map(routes);
        new DrainEndpoints(Drain, _time, _loggers.CreateLogger<DrainEndpoints>()).Map(routes);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _jobs.DisposeAsync();
}
