using System.Diagnostics.Metrics;
using EdgeCache.Edge.Administration;
using EdgeCache.Edge.Audit;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Pipeline.AccessLogging;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Memory;
using EdgeCache.Shared.Diagnostics;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;
using Microsoft.AspNetCore.Connections;

namespace EdgeCache.Edge.Hosting;

/// <summary>One edge, running. Disposing it stops it.</summary>
public sealed class EdgeServer : IAsyncDisposable
{
    /// <summary>How long requests in flight may take to end when the server stops.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    private readonly Stack<IAsyncDisposable> _owned;

    private EdgeServer(Stack<IAsyncDisposable> owned, Listeners listeners, EdgeParts parts)
    {
        _owned = owned;
        S3Endpoint = listeners.S3.Bound;
        AdminEndpoint = listeners.Admin.Bound;
        PeerEndpoint = listeners.Peer?.Bound;
        Parts = parts;
    }

    /// <summary>Where the S3 API is served.</summary>
    public Uri S3Endpoint { get; }

    /// <summary>Where health and metrics are served.</summary>
    public Uri AdminEndpoint { get; }

    /// <summary>Where other edges of the datacenter are served; null when they are not.</summary>
    public Uri? PeerEndpoint { get; }

    /// <summary>The parts, for tests.</summary>
    internal EdgeParts Parts { get; }

    /// <summary>Starts an edge and returns once it is ready, or after <see cref="EdgeOptions.StartupPatience"/>.</summary>
    /// <param name="configuration">Has the section <see cref="EdgeOptions.SectionName"/>, and may have <c>Logging</c>.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="StartupException">The options are wrong, a port is in use, or the data directory can't be used.</exception>
    public static Task<EdgeServer> StartAsync(IConfiguration configuration, CancellationToken cancellationToken = default) =>
        StartAsync(configuration, TimeProvider.System, cancellationToken);

    internal static async Task<EdgeServer> StartAsync(IConfiguration configuration, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = EdgeConfiguration.Bind(configuration);
        var owned = new Stack<IAsyncDisposable>();
        try
        {
            var directory = Own(owned, DataDirectory.Open(options.DataDirectory));
            var endpoints = new EndpointsFile(directory);
            var loggers = Own(owned, LoggerFactory.Create(logging => EdgeConfiguration.ConfigureLogging(logging, configuration)));
            var meters = Own(owned, new ServiceCollection().AddMetrics().BuildServiceProvider()).GetRequiredService<IMeterFactory>();
            var exporter = Own(owned, new PrometheusExporter(EdgeMetrics.MeterName));
            var store = await ChunkCache.OpenAsync(
                CacheSettings.Of(options, directory) with { PinClock = time }, TimeProvider.System, loggers, meters, cancellationToken); // a disk keeps its own time, also when a test moves the clock
            owned.Push(store);
            var cache = await FasterHybridCache.OpenAsync(
                new FasterHybridCacheOptions { Directory = directory.Combine("metadata"), MaxBytes = ByteSize.Parse(options.MetadataMemory) },
                services: null, time, loggers, meters);
            owned.Push(cache);
            var listeners = new Listeners(options);
            var audit = new AuditParts(options, directory, meters, time, loggers);
            owned.Push(audit);
            var accessLog = AccessLog.Open(options.AccessLog, meters, loggers);
            if (accessLog is not null)
            {
                owned.Push(accessLog);
            }

            var parts = new EdgeParts(options, directory, store, cache, audit, meters, time, loggers) { AccessLog = accessLog };
            owned.Push(parts);
            var administration = new AdministrationParts(options, parts, audit, time, loggers);
            owned.Push(administration);
            var application = EdgeApplication.Build(options, parts, administration, exporter, listeners, loggers);
            owned.Push(application);
            await application.StartAsync(cancellationToken);
            owned.Push(new FeedSet(parts.Followers));
            owned.Push(new OnDispose(async () =>
            {
                using var limit = new CancellationTokenSource(ShutdownTimeout);
                await application.StopAsync(limit.Token);
            }));
            await KnowFeedsAsync(parts, options, time, cancellationToken);
            if (parts.Peers is { } peers)
            {
                await peers.StartAsync(cancellationToken);
            }

            await endpoints.WriteAsync(listeners.S3.Bound, listeners.Admin.Bound, controlPlane: null, listeners.Peer?.Bound, listeners.S3Tls?.Bound, cancellationToken);
            owned.Push(new OnDispose(() =>
            {
                endpoints.Remove();
                return Task.CompletedTask;
            }));
            return new EdgeServer(owned, listeners, parts);
        }
        catch (Exception e)
        {
            await DisposeAsync(owned);
            throw Explain(e) is { } explained ? explained : e;
        }
    }

    /// <summary>Closes the access log and opens it by its name again, for those who moved it away.</summary>
    public void ReopenLogs() => Parts.AccessLog?.Reopen();

    /// <summary>Stops: takes no more requests, lets those in flight end within <see cref="ShutdownTimeout"/>, and closes everything.</summary>
    public ValueTask DisposeAsync() => DisposeAsync(_owned);

    private static async Task KnowFeedsAsync(EdgeParts parts, EdgeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(parts.Streams.Select(static s => s.Known)).WaitAsync(options.StartupPatience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Not ready yet, as /readyz tells; what needs no upstream is served nevertheless.
        }
    }

    private static StartupException? Explain(Exception exception) => exception switch
    {
        StartupException => null,
        AddressInUseException => new StartupException($"a port is in use: {exception.Message}", exception),
        IOException { InnerException: AddressInUseException } or System.Net.Sockets.SocketException =>
            new StartupException($"cannot listen: {exception.Message}", exception),
        IOException or UnauthorizedAccessException => new StartupException($"cannot use the data directory: {exception.Message}", exception),
        _ => null,
    };

    private static T Own<T>(Stack<IAsyncDisposable> owned, T disposable)
        where T : IDisposable
    {
        owned.Push(new OnDispose(() =>
        {
            disposable.Dispose();
            return Task.CompletedTask;
        }));
        return disposable;
    }

    private static async ValueTask DisposeAsync(Stack<IAsyncDisposable> owned)
    {
        while (owned.TryPop(out var disposable))
        {
            await disposable.DisposeAsync();
        }
    }

    private sealed class OnDispose(Func<Task> action) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await action();
    }
}
