using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Processes;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Hosting;

/// <summary>One region's origin, running. Disposing it stops it.</summary>
public sealed class OriginServer : IAsyncDisposable
{
    /// <summary>How long requests in flight may take to end when the server stops.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    private readonly Stack<IAsyncDisposable> _owned;
    private readonly WebApplication _application;

    private OriginServer(WebApplication application, Stack<IAsyncDisposable> owned, Listeners listeners)
    {
        (_application, _owned) = (application, owned);
        S3Endpoint = listeners.S3.Bound;
        AdminEndpoint = listeners.Admin.Bound;
        ControlPlaneEndpoint = listeners.ControlPlane?.Bound;
    }

    /// <summary>Where the S3 API is served.</summary>
    public Uri S3Endpoint { get; }

    /// <summary>Where health, metrics and the internal API are served.</summary>
    public Uri AdminEndpoint { get; }

    /// <summary>Where the control plane's API is served; null when this origin does not host it.</summary>
    public Uri? ControlPlaneEndpoint { get; }

    internal IServiceProvider Services => _application.Services;

    /// <summary>Starts an origin and returns once it serves.</summary>
    /// <param name="configuration">Has the section <see cref="OriginOptions.SectionName"/>, and may have <c>Logging</c>.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="StartupException">The options are wrong, a port is in use, or the data directory can't be used.</exception>
    public static Task<OriginServer> StartAsync(IConfiguration configuration, CancellationToken cancellationToken = default) =>
        StartAsync(configuration, TimeProvider.System, cancellationToken);

    internal static async Task<OriginServer> StartAsync(IConfiguration configuration, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = OriginConfiguration.Bind(configuration);
        var owned = new Stack<IAsyncDisposable>();
        try
        {
            var directory = Own(owned, DataDirectory.Open(options.DataDirectory));
            var endpoints = new EndpointsFile(directory);
            var loggers = Own(owned, LoggerFactory.Create(logging => OriginConfiguration.ConfigureLogging(logging, configuration)));
            var parts = await OpenPartsAsync(directory, options, time, loggers, owned, cancellationToken);
            var listeners = new Listeners(options);
            var application = OriginApplication.Build(options, configuration, parts, listeners, time, loggers);
            owned.Push(application);
            await application.StartAsync(cancellationToken);
            var server = new OriginServer(application, owned, listeners);
            await endpoints.WriteAsync(server.S3Endpoint, server.AdminEndpoint, server.ControlPlaneEndpoint, peer: null, s3Tls: null, cancellationToken);
            owned.Push(new OnDispose(endpoints.Remove));
            return server;
        }
        catch (Exception e)
        {
            await DisposeAsync(owned);
            throw Explain(e) is { } explained ? explained : e;
        }
    }

    /// <summary>Stops: takes no more requests, lets those in flight end within <see cref="ShutdownTimeout"/>, and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_owned.Count == 0)
        {
            return;
        }

        await _owned.Pop().DisposeAsync();
        using var limit = new CancellationTokenSource(ShutdownTimeout);
        await _application.StopAsync(limit.Token);
        await DisposeAsync(_owned);
    }

    private static async Task<OriginParts> OpenPartsAsync(
        DataDirectory directory, OriginOptions options, TimeProvider time, ILoggerFactory loggers, Stack<IAsyncDisposable> owned, CancellationToken cancellationToken)
    {
        var blobs = BlobStore.Open(new BlobStoreOptions { Directory = directory.Combine("objects") }, time, loggers);
        owned.Push(blobs);
        var catalog = await OriginCatalog.OpenAsync(directory.Combine("catalog.db"), options.Region, time, loggers, cancellationToken);
        owned.Push(catalog);
        var host = options.HostsControlPlane
            ? Own(owned, await ControlPlaneHost.OpenAsync(directory.Combine("identity.db"), options.Bootstrap, time, cancellationToken))
            : null;
        var audit = Own(owned, AuditSpools.Open(directory.Combine("audit"), $"origin.{options.Region}", options.Audit, time));
        return new OriginParts(catalog, blobs, host, audit);
    }

    private static StartupException? Explain(Exception exception) => exception switch
    {
        StartupException => null,
        CatalogOpenException or SqliteException => new StartupException($"cannot open the database: {exception.Message}", exception),
        AddressInUseException => new StartupException($"a port is in use: {exception.Message}", exception),
        IOException { InnerException: AddressInUseException } or System.Net.Sockets.SocketException =>
            new StartupException($"cannot listen: {exception.Message}", exception),
        IOException or UnauthorizedAccessException => new StartupException($"cannot use the data directory: {exception.Message}", exception),
        _ => null,
    };

    private static T Own<T>(Stack<IAsyncDisposable> owned, T disposable)
        where T : IDisposable
    {
        owned.Push(new OnDispose(disposable.Dispose));
        return disposable;
    }

    private static async ValueTask DisposeAsync(Stack<IAsyncDisposable> owned)
    {
        while (owned.TryPop(out var disposable))
        {
            await disposable.DisposeAsync();
        }
    }

    private sealed class OnDispose(Action action) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            action();
            return ValueTask.CompletedTask;
        }
    }
}
