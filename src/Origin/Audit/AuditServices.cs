using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Audit;

/// <summary>Registers the audit log. It needs the spools, the catalog, the blob store, the bucket directory and the facts of organizations as services.</summary>
internal static class AuditServices
{
    /// <summary>Batches to the control plane's host go one after the other.</summary>
    private const int MaxConnections = 2;

    public static IServiceCollection AddAudit(this IServiceCollection services, ControlPlaneHost? host)
    {
        services.AddSingleton<AuditMetrics>();
        services.AddSingleton<RequestAudit>();
        if (host is not null)
        {
            services.AddSingleton<AuditObjects>();
            services.AddSingleton<AuditEndpoints>();
            services.AddSingleton(static s => Delivery(s, s.GetRequiredService<AuditObjects>().StoreAsync));
        }
        else
        {
            services.AddSingleton(static s =>
            {
                var http = ControlPlaneClient.CreateHttpClient(s.GetRequiredService<OriginOptions>(), MaxConnections);
                http.Timeout = Timeout.InfiniteTimeSpan; // The sender has its own.
                return Delivery(s, new AuditSender(http, s.GetRequiredService<TimeProvider>()).SendAsync);
            });
        }

        services.AddHostedService<AuditWorker>();
        return services;
    }

    private static AuditDelivery Delivery(IServiceProvider services, Func<AuditBatch, CancellationToken, Task<AuditReceipt>> send) => new(
        services.GetRequiredService<AuditSpools>().All, send, services.GetRequiredService<AuditMetrics>(), services.GetRequiredService<TimeProvider>());
}
