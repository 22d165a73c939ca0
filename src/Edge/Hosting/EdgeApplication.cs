using System.Text;
using EdgeCache.Edge.Administration;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Shared.Diagnostics;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;
using EdgeCache.Transport;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Hosting;

/// <summary>Puts the web application together: one server, a branch for each listener.</summary>
internal static class EdgeApplication
{
    /// <summary>What Kestrel buffers of a response before a write waits for the client.</summary>
    private const int ResponseBufferSize = 256 << 10;

    public static WebApplication Build(
        EdgeOptions options, EdgeParts parts, AdministrationParts administration, PrometheusExporter exporter, Listeners listeners, ILoggerFactory loggers)
    {
        var limit = HandleBudget.Limit();
        var connections = HandleBudget.Connections(options, listeners.All.Count(), limit);
        if (connections < options.MaxConnections)
        {
            PipelineLog.FewHandles(loggers.CreateLogger(nameof(HandleBudget)), limit, connections, options.MaxConnections);
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, connections, listeners));
        if (options.ZeroCopy)
        {
            builder.Services.AddFileTransport(new TransportOptions { SendStallTimeout = options.SendStallTimeout }, TimeProvider.System);
        }

        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = EdgeServer.ShutdownTimeout);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddRouting();
        builder.Services.AddHttpForwarder();
        var application = builder.Build();
        var pipeline = parts.CreatePipeline(application.Services.GetRequiredService<IHttpForwarder>());
        var admin = new AdminEndpoints(new Readiness(application.Lifetime, parts.Streams, administration.Drain), exporter);
        // First of all what comes most, so that the listener is looked up once for it.
        application.Use(next => context => Listener.KindOf(context) == ListenerKind.S3
            ? administration.Drain.ServeAsync(context, pipeline.InvokeAsync)
            : next(context));
        application.MapWhen(static context => Listener.KindOf(context) == ListenerKind.Admin, branch =>
        {
            branch.UseRouting();
            branch.UseEndpoints(administration.Map);
            branch.Run(admin.InvokeAsync);
        });
        if (parts.Peers is { } peers)
        {
            application.MapWhen(static context => Listener.KindOf(context) == ListenerKind.Peer, branch => branch.Run(peers.Listener.InvokeAsync));
        }

        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, int connections, Listeners listeners)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        // Read byte by byte, since clients sign and send both UTF-8 and Latin-1; written as the UTF-8 that they are kept as.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => HeaderText.Instance;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = connections; // of each listener
        limits.MaxRequestBodySize = null; // The origin has a limit for each operation; nothing is kept of a body here.
        limits.MaxResponseBufferSize = ResponseBufferSize;
        limits.MaxRequestHeadersTotalSize = RequestLimits.ParserMaxHeaderBytes;
        limits.MaxRequestHeaderCount = RequestLimits.MaxHeaders;
        limits.MaxRequestLineSize = RequestLimits.MaxRequestLineBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        foreach (var listener in listeners.All)
        {
            listener.Register(kestrel);
        }
    }
}
