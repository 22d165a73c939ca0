using EdgeCache.Origin.Hosting;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Audit;

/// <summary>Delivers batches in the background, and what is left when the origin stops, after the last request has ended.</summary>
internal sealed class AuditWorker(AuditDelivery delivery, OriginOptions options, TimeProvider time, ILogger<AuditWorker> logger) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var patience = new CancellationTokenSource(options.Audit.ShutdownPatience, time);
        if (!await delivery.FlushAsync(patience.Token))
        {
            AuditLog.LeftOnDisk(logger);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => delivery.RunAsync(stoppingToken);
}
