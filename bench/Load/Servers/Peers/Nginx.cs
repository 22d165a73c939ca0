using System.Net;

namespace EdgeCache.Load.Servers.Peers;

/// <summary>Starts Debian's nginx with a configuration of ours.</summary>
internal static class Nginx
{
    public const string Program = "/usr/sbin/nginx";
    public const string VersionArgument = "-v";

    /// <summary>Starts it in <paramref name="directory"/> with <paramref name="configuration"/> given the listener's address.</summary>
    public static async Task<PeerProcess> StartAsync(string directory, Func<IPEndPoint, string> configuration, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var endPoint = PeerProcess.FreeEndPoint();
        var file = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(file, configuration(endPoint), cancellation);
        return await PeerProcess.StartAsync(
            Program, ["-p", directory, "-c", file, "-e", Path.Combine(directory, "error.log")], directory, endPoint, cancellation);
    }
}
