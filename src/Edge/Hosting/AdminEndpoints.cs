using EdgeCache.Shared.Diagnostics;

namespace EdgeCache.Edge.Hosting;

/// <summary>Health and metrics, open to whoever reaches the admin listener.</summary>
internal sealed class AdminEndpoints(Readiness readiness, PrometheusExporter exporter)
{
    /// <summary>Serves one request of the admin listener.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        switch (context.Request.Path.Value)
        {
            case "/healthz":
                return context.Response.WriteAsync("ok\n", context.RequestAborted);
            case "/readyz":
                var missing = readiness.Missing();
                context.Response.StatusCode = missing is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                return context.Response.WriteAsync(missing is null ? "ready\n" : $"not ready: {missing}\n", context.RequestAborted);
            case "/metrics":
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                return exporter.WriteAsync(context.Response.Body, context.RequestAborted);
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }
}
