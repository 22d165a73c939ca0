using System.Net;
using System.Runtime.InteropServices;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Servers.Peers;

/// <summary>
/// A peer over the files of the data set: serving them itself, or caching what the common source behind it serves. That source is one nginx for all
/// peers, and only one of them is measured at a time.
/// </summary>
internal sealed class PeerServer(string name, string root, PeerProcess front, PeerProcess? source) : ServerUnderTest
{
    private const long LeastLarge = 1 << 20;

    public override string Name => name;

    public override IPEndPoint EndPoint => front.EndPoint;

    public override TimeSpan FrontCpu => front.CpuTime;

    public override TimeSpan UpstreamCpu => source?.CpuTime ?? TimeSpan.Zero;

    public override bool Caches => source is not null;

    /// <summary>Where the server listens for TLS as well; null when it does not.</summary>
    public IPEndPoint? TlsEndPoint { get; init; }

    /// <summary>The directory with the files that it serves; null when it serves from memory.</summary>
    public string? Files { get; init; }

    public override TlsListener? Tls => TlsEndPoint is null ? null : new TlsListener(TlsEndPoint, Target);

    public override IEnumerable<string> LargeFiles => Files is null
        ? []
        : Directory.EnumerateFiles(Files, "*", SearchOption.AllDirectories).Where(static file => new FileInfo(file).Length >= LeastLarge);

    /// <summary>Removes an object from a cache in memory, which else would give up the data set for cold objects; null where the disk has room for all.</summary>
    public Func<string, CancellationToken, Task>? Purge { get; init; }

    public override string Target(string key) => $"/{key}";

    /// <summary>A hard link: a name the cache has not seen, for the same bytes.</summary>
    public override Task<StoredObject> AddColdAsync(StoredObject source, string key, CancellationToken cancellation)
    {
        var created = Path.Combine(root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(created)!);
        if (Libc.Link(Path.Combine(root, source.Key), created) != 0)
        {
            throw new ServerException($"link {created}: error {Marshal.GetLastPInvokeError()}");
        }

        return Task.FromResult(source with { Key = key });
    }

    public override async Task RemoveColdAsync(StoredObject cold, CancellationToken cancellation)
    {
        if (Purge is { } purge)
        {
            await purge(Target(cold.Key), cancellation);
        }

        File.Delete(Path.Combine(root, cold.Key));
    }

    public override ValueTask DisposeAsync() => front.DisposeAsync();
}
