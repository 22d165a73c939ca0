using System.Runtime.InteropServices;
using EdgeCache.Edge.Commands;
using EdgeCache.Shared.Processes;
using EdgeCache.Transport;

namespace EdgeCache.Edge.Hosting;

/// <summary>The edge as a program of its own: configuration from files, environment and flags; exit codes; signals.</summary>
internal static class EdgeProgram
{
    private const string AdminWord = "admin";

    private const string Help = """
        EdgeCache edge: serves reads of S3 objects from a local cache and passes everything else on to the bucket's home region.

        Usage: edge [--Edge:<Option>=<value> ...]
               edge admin <command>                  administers a running edge; see edge admin --help

        Options come from appsettings.json, the environment (Edge__Name=LGA1) and flags (--Edge:Name=LGA1), the last one wins:
          Name                  the edge's name                              LGA1
          S3Url                 where S3 listens                             http://127.0.0.1:9000
          S3TlsUrl              where S3 listens with TLS (needs TlsCertificate, TlsKey: PEM files)   off
          AdminUrl              where /healthz /readyz /metrics listen       http://127.0.0.1:9100
          DataDirectory         the cache and what belongs to it             data
          CacheSize             disk budget of cached bytes                  20GiB
          ClusterSecret         shared by all tiers, 16 characters or more
          ControlPlaneAdminUrl  admin URL of the control plane's origin
          Regions:N:Name, Regions:N:S3Url, Regions:N:AdminUrl                the regions, N from 0
          DefaultRegion         of requests without a bucket                 the first region
          Domain                accel-object.<domain> is served              localhost
          PeerUrl               where other edges of the datacenter are served   off
          Peers:N:Name, Peers:N:Url                                          these edges (or PeersDns=<name>:<port>)
          AdminTokens:N:Name, AdminTokens:N:Token                            who may use /v1/edge on AdminUrl
        Further tunables: CacheWritesPerDay, MetadataMemory, MaxConnections, ZeroCopy, SendStallTimeout, MaxStaleness, ControlPlaneMaxSilence, StartupPatience, Fill:*, Upstream:*, AccessLog:*.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [AdminWord, .. var rest])
        {
            return await AdminCommand.RunAsync(rest);
        }

        if (args.Any(static a => a is "--help" or "-h" or "-?"))
        {
            await Console.Out.WriteLineAsync(Help);
            return 0;
        }

        TransportServices.PreferInlineCompletions();
        using var stop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        try
        {
            await using var server = await EdgeServer.StartAsync(Configuration(args), stop.Token);
            var running = server;
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                running.ReopenLogs();
            });
            await Console.Out.WriteLineAsync($"edgecache-edge: S3 {server.S3Endpoint}, admin {server.AdminEndpoint}");
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"edgecache-edge: {e.Message}");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A signal during start-up: what had been started is stopped by now.
        }

        return ExitCode.Success;
    }

    private static IConfigurationRoot Configuration(string[] args)
    {
        if (Array.Find(args, static a => !a.StartsWith("--Edge:", StringComparison.OrdinalIgnoreCase) &&
                                         !a.StartsWith("--Logging:", StringComparison.OrdinalIgnoreCase)) is { } stray)
        {
            throw new StartupException($"bad option '{stray}': options are of the form --Edge:Name=value (see --help)");
        }

        if (Array.Find(args, static a => !a.Contains('=')) is { } valueless)
        {
            throw new StartupException($"bad option '{valueless}': it has no value (--Edge:Name=value)");
        }

        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
                .AddEnvironmentVariables()
                .AddCommandLine(args)
                .Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new StartupException($"bad configuration: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
