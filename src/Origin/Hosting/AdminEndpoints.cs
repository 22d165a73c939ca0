using EdgeCache.Shared.Diagnostics;

namespace EdgeCache.Origin.Hosting;

/// <summary>Health and metrics, open to whoever reaches the admin listener.</summary>
internal sealed class AdminEndpoints(IHostApplicationLifetime lifetime, PrometheusExporter exporter)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", static context => context.Response.WriteAsync("ok\n", context.RequestAborted));
        endpoints.MapGet("/readyz", ReadyAsync);
        endpoints.MapGet("/metrics", MetricsAsync);
    }

    private Task ReadyAsync(HttpContext context)
    {
        var isReady = lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(isReady ? "ready\n" : "not ready\n", context.RequestAborted);
    }

    private Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusExporter.ContentType;
        return exporter.WriteAsync(context.Response.Body, context.RequestAborted);
    }
}
