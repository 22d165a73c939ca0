using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Load.Servers;

/// <summary>An nginx with a configuration of ours, in the foreground, with one listener on loopback.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    /// <summary>Where Debian installs it.</summary>
    public const string Path = "/usr/sbin/nginx";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly ServerProcess _process;

    private NginxProcess(ServerProcess process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    public TimeSpan CpuTime => _process.CpuTime;

    public static bool IsInstalled => File.Exists(Path);

    /// <summary>What <c>nginx -v</c> prints.</summary>
    public static async Task<string> VersionAsync(CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(Path, "-v") { RedirectStandardError = true })
            ?? throw new ServerException($"{Path} did not start");
        return (await process.StandardError.ReadToEndAsync(cancellation)).Replace("nginx version:", "", StringComparison.Ordinal).Trim();
    }

    /// <summary>Starts nginx in <paramref name="directory"/> with <paramref name="configuration"/> given the listener's address.</summary>
    public static async Task<NginxProcess> StartAsync(string directory, Func<IPEndPoint, string> configuration, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var endPoint = FreeEndPoint();
        var file = System.IO.Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(file, configuration(endPoint), cancellation);
        var errors = System.IO.Path.Combine(directory, "error.log");
        var process = ServerProcess.Start(Path, ["-p", directory, "-c", file, "-e", errors], System.IO.Path.Combine(directory, "output.log"));
        try
        {
            await process.WaitUntilAsync(token => AcceptsAsync(endPoint, token), StartTimeout, cancellation);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return new NginxProcess(process, endPoint);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // nginx can't say which port it was given, so one is found before; another process may take it in between, and nginx then fails to start.
    private static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static async Task<bool> AcceptsAsync(IPEndPoint endPoint, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
