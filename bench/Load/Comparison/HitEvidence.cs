using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>What each cache itself says about a warm object, so that a reader can see that hits were measured.</summary>
internal static class HitEvidence
{
    private static readonly string[] Headers = ["X-Cache", "Cache-Status", "Via"];

    public static async Task<IReadOnlyDictionary<string, string>> CollectAsync(
        IReadOnlyList<ServerUnderTest> servers, DataSet data, HttpClient http, CancellationToken cancellation)
    {
        var evidence = new Dictionary<string, string>();
        foreach (var server in servers.Where(server => server.Caches))
        {
            var uri = new Uri($"http://{server.EndPoint}{server.Target(data.Small[0].Key)}");
            using var response = await http.GetAsync(uri, cancellation);
            var said = Headers.Where(response.Headers.Contains).Select(name => $"{name}: {string.Join(", ", response.Headers.GetValues(name))}");
            evidence[server.Name] = $"{(int)response.StatusCode} {string.Join("; ", said)}";
        }

        return evidence;
    }
}
