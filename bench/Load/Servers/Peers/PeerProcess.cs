using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Load.Servers.Peers;

/// <summary>A peer's program in the foreground, with listeners on loopback whose ports were free.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(10);

    private readonly ServerProcess _process;

    private PeerProcess(ServerProcess process, IPEndPoint endPoint) => (_process, EndPoint) = (process, endPoint);

    public IPEndPoint EndPoint { get; }

    public TimeSpan CpuTime => _process.CpuTime;

    /// <summary>Starts <paramref name="file"/>, which listens at <paramref name="endPoint"/>; ready when it accepts there.</summary>
    public static async Task<PeerProcess> StartAsync(
        string file, IEnumerable<string> arguments, string directory, IPEndPoint endPoint, CancellationToken cancellation)
    {
        var process = ServerProcess.Start(file, arguments, Path.Combine(directory, "output.log"), directory);
        try
        {
            await process.WaitUntilAsync(token => AcceptsAsync(endPoint, token), StartTimeout, cancellation);
            return new PeerProcess(process, endPoint);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A port of loopback that is free. The peers can't say which port they were given, so one is found before; another process may take it in between, and
    /// the peer then fails to start.
    /// </summary>
    public static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The first line of what a program prints about its version, on either stream.</summary>
    public static async Task<string> VersionAsync(string file, string argument, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(file, argument) { RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new ServerException($"{file} did not start");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(VersionTimeout);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = await process.StandardError.ReadToEndAsync(timeout.Token);
        return (await output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "unknown";
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

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
