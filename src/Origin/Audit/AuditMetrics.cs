using System.Diagnostics.Metrics;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Audit;

/// <summary>The instruments of the audit log, and what is said of its deliveries.</summary>
internal sealed class AuditMetrics : AuditObserver
{
    private readonly Counter<long> _records;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _damaged;
    private readonly ILogger<AuditMetrics> _logger;

    public AuditMetrics(IMeterFactory factory, AuditSpools spools, TimeProvider time, ILogger<AuditMetrics> logger)
    {
        _logger = logger;
        var meter = factory.Create(OriginMetrics.MeterName);
        _records = meter.CreateCounter<long>("edgecache.origin.audit.records", "{record}", "Audit records written to the spool.");
        _refused = meter.CreateCounter<long>("edgecache.origin.audit.refused", "{request}", "Requests refused since their record could not be kept.");
        _batches = meter.CreateCounter<long>("edgecache.origin.audit.batches", "{batch}", "Audit batches delivered.");
        _failures = meter.CreateCounter<long>("edgecache.origin.audit.failures", "{attempt}", "Deliveries of audit batches that failed, and are tried again.");
        _damaged = meter.CreateCounter<long>("edgecache.origin.audit.damaged", "{line}", "Lines of the spool that were cut off or damaged.");
        meter.CreateObservableGauge(
            "edgecache.origin.audit.lag", () => Each(spools, spool => spool.OldestAt is { } at ? (time.GetUtcNow() - at).TotalSeconds : 0), "s",
            "Age of the oldest audit batch that is not delivered.");
        meter.CreateObservableGauge(
            "edgecache.origin.audit.spool", () => Each(spools, static spool => (double)spool.Bytes), "By", "Bytes of audit records that are not delivered.");
    }

    /// <summary>Records were written.</summary>
    public void Recorded(AuditPlane plane, int count = 1) => _records.Add(count, new KeyValuePair<string, object?>("plane", AuditPlanes.Name(plane)));

    /// <summary>A request was refused since its record could not be kept.</summary>
    public void Refused()
    {
        _refused.Add(1);
        AuditLog.Refused(_logger);
    }

    public override void Stored(AuditBatch batch) => _batches.Add(1, new KeyValuePair<string, object?>("plane", AuditPlanes.Name(batch.Plane)));

    public override void Failed(AuditBatch batch, AuditReceipt receipt)
    {
        _failures.Add(1);
        AuditLog.NotDelivered(_logger, batch.OrganizationId, receipt);
    }

    public override void Damaged(int lines)
    {
        _damaged.Add(lines);
        AuditLog.Damaged(_logger, lines);
    }

    public override void Unreadable(AuditSpoolFile file, Exception exception) => AuditLog.Unreadable(_logger, file.Path, exception);

    private static IEnumerable<Measurement<double>> Each(AuditSpools spools, Func<AuditSpool, double> measure) =>
        spools.All.Select(spool => new Measurement<double>(measure(spool), new KeyValuePair<string, object?>("plane", AuditPlanes.Name(spool.Plane))));
}
