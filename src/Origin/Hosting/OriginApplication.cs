using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using EdgeCache.Origin.Audit;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.ControlPlane;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Maintenance;
using EdgeCache.Origin.Operations;
using EdgeCache.Origin.Operations.Torrents;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Origin.Replication;
using EdgeCache.Origin.Websites;
using EdgeCache.Shared.Diagnostics;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Transport;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeCache.Origin.Hosting;

/// <summary>Puts the web application together: one server, a branch for each listener.</summary>
internal static class OriginApplication
{
    public static WebApplication Build(
        OriginOptions options, IConfiguration configuration, OriginParts parts, Listeners listeners, TimeProvider time, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, listeners));
        if (options.ZeroCopy)
        {
            builder.Services.AddFileTransport(new TransportOptions { SendStallTimeout = options.SendStallTimeout }, TimeProvider.System);
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = OriginServer.ShutdownTimeout);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddRouting();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(parts.Catalog);
        builder.Services.AddSingleton(parts.Blobs);
        builder.Services.AddSingleton(s => new RegionPeers(options, configuration, s.GetRequiredService<ILogger<RegionPeers>>()));
        builder.Services.AddSingleton<RegionalFacts>();
        AddIdentity(builder.Services, parts.ControlPlane);
        AddPipeline(builder.Services, options);
        builder.Services.AddMaintenance();
        builder.Services.AddSingleton(parts.Audit);
        builder.Services.AddAudit(parts.ControlPlane);
        var application = builder.Build();
        Route(application);
        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, OriginOptions options, Listeners listeners)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        // Read byte by byte, since clients sign and send both UTF-8 and Latin-1; written as the UTF-8 that they are kept as.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => HeaderText.Instance;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxRequestBodySize = null; // Each operation has its own limit, answered as S3 does.
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

    private static void AddIdentity(IServiceCollection services, ControlPlaneHost? host)
    {
        services.AddSingleton<SigningKeyCache>();
        services.AddSingleton<SigningKeyProvider>();
        services.AddSingleton<OrganizationCache>();
        services.AddSingleton<Organizations>();
        services.AddSingleton<Authenticator>();
        if (host is not null)
        {
            services.AddControlPlaneApi(host);
            services.AddSingleton<ISigningKeySource>(host.SigningKeys);
            services.AddSingleton<IOrganizationSource>(new LocalOrganizations(host.Organizations));
            services.AddSingleton<IBucketDirectory>(host.Directory);
            services.AddSingleton<IControlFeedStatus, LocalControlFeedStatus>();
            return;
        }

        services.AddSingleton<ControlPlaneClient>();
        services.AddSingleton<ISigningKeySource>(static s => s.GetRequiredService<ControlPlaneClient>());
        services.AddSingleton<IOrganizationSource>(static s => s.GetRequiredService<ControlPlaneClient>());
        services.AddSingleton<IBucketDirectory>(static s => s.GetRequiredService<ControlPlaneClient>());
        services.AddSingleton<ControlFeedFollower>();
        services.AddSingleton<IControlFeedStatus>(static s => s.GetRequiredService<ControlFeedFollower>());
        services.AddHostedService(static s => s.GetRequiredService<ControlFeedFollower>());
    }

    private static void AddPipeline(IServiceCollection services, OriginOptions options)
    {
        var regions = options.Regions.Count == 0 ? [options.Region] : options.Regions;
        services.AddSingleton(S3HostOptions.ForDomain(options.Domain, regions.Select(static r => r.ToLowerInvariant()), options.Domain));
        services.AddSingleton<Authorizer>();
        services.AddSingleton<CrossOrigin>();
        services.AddSingleton<WebsiteEndpoint>();
        services.AddSingleton<RegionReader>();
        services.AddSingleton(new CopySourceStatement(options.ClusterSecret));
        services.AddSingleton<PiecePool>();
        services.AddSingleton(s => KeyRing.Open(options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<KeyRing>>()));
        services.AddSingleton<SegmentStore>();
        services.AddSingleton<FormAuthenticator>();
        services.AddSingleton<PieceHashes>();
        services.AddSingleton<OriginServices>();
        services.AddSingleton(static s =>
        {
            var feed = s.GetRequiredService<Catalog.OriginCatalog>().Feed;
            return new OriginMetrics(s.GetRequiredService<IMeterFactory>(), () => feed.CurrentSequence);
        });
        services.AddSingleton<S3Pipeline>();
        services.AddSingleton<ClusterAuthentication>();
        services.AddSingleton(static s => PrometheusExporter.ForScope(s.GetRequiredService<IMeterFactory>(), OriginMetrics.MeterName));
        services.AddSingleton<AdminEndpoints>();
        services.AddSingleton(static s => new InternalEndpoints(
            s.GetRequiredService<Catalog.OriginCatalog>(),
            s.GetRequiredService<ClusterAuthentication>(),
            s.GetRequiredService<OriginMetrics>(),
            s.GetRequiredService<IHostApplicationLifetime>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetService<ControlPlaneHost>()));
    }

    private static void Route(WebApplication application)
    {
        var services = application.Services;
        var s3 = services.GetRequiredService<S3Pipeline>();
        new ParserRefusals(s3.HostId, services.GetRequiredService<TimeProvider>()).Subscribe(services.GetRequiredService<DiagnosticListener>());
        if (services.GetService<ControlPlaneHost>() is { } host)
        {
            host.Database.Committed += services.GetRequiredService<SigningKeyCache>().Apply;
            host.Database.Committed += services.GetRequiredService<OrganizationCache>().Apply;
            application.MapWhen(static c => Listener.KindOf(c) == ListenerKind.ControlPlane, static branch =>
            {
                branch.UseMiddleware<ControlPlaneAudit>();
                branch.UseControlPlaneApi();
            });
        }

        application.MapWhen(static c => Listener.KindOf(c) == ListenerKind.S3, branch => branch.Run(s3.InvokeAsync));
        application.MapWhen(static c => Listener.KindOf(c) == ListenerKind.Admin, branch => branch.UseRouting().UseEndpoints(endpoints =>
        {
            services.GetRequiredService<AdminEndpoints>().Map(endpoints);
            services.GetRequiredService<InternalEndpoints>().Map(endpoints);
            services.GetService<AuditEndpoints>()?.Map(endpoints);
        }));
    }
}
