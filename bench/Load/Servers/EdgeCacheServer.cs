using System.Net;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Servers;

/// <summary>
/// An edge of the product, in front of an origin that other edges may share. Reads are presigned, so that the edge verifies SigV4 on every
/// request, as it does for its users.
/// </summary>
internal sealed class EdgeCacheServer(string name, ProductDeployment deployment, ProductProcess edge, string dataDirectory) : ServerUnderTest
{
    // Segments of the chunk log; small objects lie in other files.
    private const string Segments = "chunks.*";

    public override string Name => name;

    public override IPEndPoint EndPoint => edge.EndPoint;

    public override TlsListener? Tls => edge.S3Tls is { } url
        ? new TlsListener(new IPEndPoint(IPAddress.Parse(url.Host), url.Port), key => deployment.Target(url, HttpMethod.Get, key))
        : null;

    public override TimeSpan FrontCpu => edge.CpuTime;

    public override TimeSpan UpstreamCpu => deployment.Origin.CpuTime;

    public override bool Caches => true;

    public override IEnumerable<string> LargeFiles => Directory.EnumerateFiles(dataDirectory, Segments, SearchOption.AllDirectories);

    public override string Target(string key) => deployment.Target(edge, HttpMethod.Get, key);

    /// <summary>A copy made at the origin: a new generation, of which the edge has no byte.</summary>
    public override async Task<StoredObject> AddColdAsync(StoredObject source, string key, CancellationToken cancellation)
    {
        await deployment.Account.CopyAsync(source.Key, key, cancellation);
        return source with { Key = key };
    }

    public override Task RemoveColdAsync(StoredObject cold, CancellationToken cancellation) =>
        deployment.Account.DeleteAsync(cold.Key, cancellation);

    public override ValueTask DisposeAsync() => deployment.StopEdgeAsync(edge);
}
