using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Standalone;

/// <summary>Finds out what would make a start fail, while nothing has been started yet.</summary>
internal static class Preflight
{
    /// <summary>Makes the data directory if need be and checks that it can be written.</summary>
    /// <returns>What is wrong, in one line; null when nothing is.</returns>
    public static string? CheckDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, $".write-probe-{Environment.ProcessId}");
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot write to the data directory '{directory}': {e.Message}";
        }
    }

    /// <summary>Checks that no port of the layout is taken.</summary>
    /// <returns>What is wrong, in one line; null when nothing is.</returns>
    public static string? CheckPorts(StandaloneOptions options)
    {
        foreach (var (port, purpose) in new PortLayout(options.PortBase).FixedPorts(options.Edges))
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
            }
            catch (SocketException e)
            {
                return $"port {port} ({purpose}) cannot be used: {e.Message}. Choose others with --port-base.";
            }
        }

        return null;
    }
}
