using System.Diagnostics.Metrics;
using EdgeCache.Edge.Hosting;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Audit;

/// <summary>
/// The audit records of this edge on their way to the control plane's region. Disposed after the last request has ended: it delivers what is left,
/// within a bound.
/// </summary>
internal sealed class AuditParts : IAsyncDisposable
{
    private readonly EdgeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditParts> _logger;
    private readonly HttpClient _http;
    private readonly AuditDelivery _delivery;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public AuditParts(EdgeOptions options, DataDirectory directory, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _time, _logger) = (options, time, loggers.CreateLogger<AuditParts>());
        Spools = AuditSpools.Open(directory.Combine("audit"), $"edge.{options.Name}", options.Audit, time);
        Metrics = new AuditMetrics(meters, Spools, time, loggers.CreateLogger<AuditMetrics>());
        _http = UpstreamHttp.CreateAdmin(new Uri(options.ControlPlaneAdminUrl), options.ClusterSecret, options.Upstream);
        _delivery = new AuditDelivery(Spools.All, new AuditSender(_http, time).SendAsync, Metrics, time);
        _running = _delivery.RunAsync(_stopping.Token);
    }

    public AuditSpools Spools { get; }

    public AuditMetrics Metrics { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var patience = new CancellationTokenSource(_options.Audit.ShutdownPatience, _time);
        if (!await _delivery.FlushAsync(patience.Token))
        {
            AuditLog.LeftOnDisk(_logger);
        }

        Spools.Dispose();
        _http.Dispose();
        _stopping.Dispose();
    }
}
