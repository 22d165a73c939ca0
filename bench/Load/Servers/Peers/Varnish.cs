using System.Globalization;
using System.Net;

namespace EdgeCache.Load.Servers.Peers;

/// <summary>
/// Starts Debian's Varnish with storage in memory and the settings that it has by default. It has one process that serves and one that watches it; their CPU
/// times count together.
/// </summary>
internal static class Varnish
{
    public const string Program = "/usr/sbin/varnishd";
    public const string VersionArgument = "-V";

    private static readonly HttpMethod PurgeMethod = new("PURGE");

    /// <summary>Starts it in front of <paramref name="source"/>, with at most <paramref name="memory"/> bytes of objects.</summary>
    public static async Task<PeerProcess> StartAsync(string directory, IPEndPoint source, long memory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var endPoint = PeerProcess.FreeEndPoint();
        var file = Path.Combine(directory, "default.vcl");
        await File.WriteAllTextAsync(file, Configuration(source), cancellation);
        return await PeerProcess.StartAsync(
            Program,
            [
                "-F", "-j", "none", "-n", Path.Combine(directory, "state"), "-a", $"{endPoint}", "-f", file,
                "-s", string.Create(CultureInfo.InvariantCulture, $"malloc,{memory >> 20}M"),
            ],
            directory,
            endPoint,
            cancellation);
    }

    /// <summary>Has it forget one object.</summary>
    public static async Task PurgeAsync(HttpClient http, IPEndPoint endPoint, string target, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(PurgeMethod, new Uri($"http://{endPoint}{target}"));
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServerException($"varnish: {PurgeMethod} {target}: {(int)response.StatusCode}");
        }
    }

    // The host of the requests differs between the tool's clients; all objects are of one host.
    private static string Configuration(IPEndPoint source) => $$"""
        vcl 4.1;
        backend default { .host = "{{source.Address}}"; .port = "{{source.Port}}"; }
        sub vcl_recv {
            set req.http.host = "localhost";
            if (req.method == "PURGE") { return (purge); }
        }
        sub vcl_backend_response { set beresp.ttl = 1d; set beresp.grace = 1h; }
        sub vcl_deliver { if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; } }

        """;
}
