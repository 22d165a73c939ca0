using System.Runtime.InteropServices;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Origin.Hosting;

/// <summary>The life of the program: configure, start, wait for a signal, stop.</summary>
internal static class OriginProgram
{
    private const int Success = 0;
    private const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Any(static a => a is "--help" or "-h" or "-?"))
        {
            await Console.Out.WriteLineAsync(Help.Text);
            return Success;
        }

        using var stop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            await using var server = await OriginServer.StartAsync(Configure(args), stop.Token);
            await Console.Out.WriteLineAsync(Describe(server));
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"edgecache-origin: {e.Message}");
            return BadUsage;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A signal during start-up: what had been started is stopped by now.
        }

        return Success;
    }

    private static IConfiguration Configure(string[] args)
    {
        if (Array.Find(args, static a => !a.StartsWith("--Origin:", StringComparison.OrdinalIgnoreCase) &&
                                         !a.StartsWith("--Logging:", StringComparison.OrdinalIgnoreCase)) is { } stray)
        {
            throw new StartupException($"bad option '{stray}': options are of the form --Origin:Name=value (see --help)");
        }

        if (Array.Find(args, static a => !a.Contains('=')) is { } valueless)
        {
            throw new StartupException($"bad option '{valueless}': it has no value (--Origin:Name=value)");
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

    private static string Describe(OriginServer server) =>
        $"edgecache-origin: S3 {server.S3Endpoint}, admin {server.AdminEndpoint}" +
        (server.ControlPlaneEndpoint is { } controlPlane ? $", control plane {controlPlane}" : string.Empty);
}
