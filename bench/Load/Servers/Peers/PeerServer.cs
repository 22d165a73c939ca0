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
    public override string Name => name;

    public override IPEndPoint EndPoint => front.EndPoint;

    public override TimeSpan FrontCpu => front.CpuTime;

    public override TimeSpan UpstreamCpu => source?.CpuTime ?? TimeSpan.Zero;

    public override bool Caches => source is not null;

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
