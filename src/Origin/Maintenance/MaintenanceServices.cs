using EdgeCache.Origin.Maintenance.Lifecycle;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EdgeCache.Origin.Maintenance;

/// <summary>Registers the background workers. They need the catalog, the blob store and a <see cref="TimeProvider"/> as services.</summary>
internal static class MaintenanceServices
{
    /// <summary>Adds the workers; <see cref="MaintenanceOptions"/> may be registered before.</summary>
    public static IServiceCollection AddMaintenance(this IServiceCollection services)
    {
        services.TryAddSingleton(new MaintenanceOptions());
        services.AddHostedService<GarbageCollector>();
        services.AddHostedService<OrphanCollector>();
        services.AddHostedService<HistoryTrimmer>();
        services.AddSingleton<LifecycleMetrics>();
        services.AddHostedService<LifecycleWorker>();
        return services;
    }
}
