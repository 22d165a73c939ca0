using System.Net;
using System.Runtime.InteropServices;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Servers;

/// <summary>nginx serving the files of the data set, or serving such an nginx through its cache.</summary>
internal sealed class NginxServer : ServerUnderTest
{
    private readonly NginxProcess _front;
    private readonly NginxProcess? _upstream;
    private readonly string _root;

    private NginxServer(string root, NginxProcess front, NginxProcess? upstream)
    {
        _root = root;
        _front = front;
        _upstream = upstream;
    }

    public override string Name => Caches ? "nginx proxy_cache" : "nginx static";

    public override IPEndPoint EndPoint => _front.EndPoint;

    public override TimeSpan FrontCpu => _front.CpuTime;

    public override TimeSpan UpstreamCpu => _upstream?.CpuTime ?? TimeSpan.Zero;

    public override bool Caches => _upstream is not null;

    /// <summary>Starts nginx over the files below <paramref name="root"/>.</summary>
    public static async Task<NginxServer> StartStaticAsync(string directory, string root, int workers, CancellationToken cancellation) =>
        new(root, await StartFilesAsync(directory, root, workers, cancellation), upstream: null);

    /// <summary>Starts an nginx over the files below <paramref name="root"/>, and one that caches what it serves.</summary>
    public static async Task<NginxServer> StartCacheAsync(
        string directory, string root, long cacheSize, int workers, CancellationToken cancellation)
    {
        var upstream = await StartFilesAsync(Path.Combine(directory, "upstream"), root, workers, cancellation);
        try
        {
            var front = await NginxProcess.StartAsync(
                Path.Combine(directory, "front"), listen => NginxConfiguration.Cache(listen, upstream.EndPoint, cacheSize, workers), cancellation);
            return new NginxServer(root, front, upstream);
        }
        catch
        {
            await upstream.DisposeAsync();
            throw;
        }
    }

    public override string Target(string key) => $"/{key}";

    /// <summary>A hard link: a name the cache has not seen, for the same bytes.</summary>
    public override Task<StoredObject> AddColdAsync(StoredObject source, string key, CancellationToken cancellation)
    {
        var created = Path.Combine(_root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(created)!);
        if (Libc.Link(Path.Combine(_root, source.Key), created) != 0)
        {
            throw new ServerException($"link {created}: error {Marshal.GetLastPInvokeError()}");
        }

        return Task.FromResult(source with { Key = key });
    }

    public override Task RemoveColdAsync(StoredObject cold, CancellationToken cancellation)
    {
        File.Delete(Path.Combine(_root, cold.Key));
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    private static Task<NginxProcess> StartFilesAsync(string directory, string root, int workers, CancellationToken cancellation) =>
        NginxProcess.StartAsync(directory, listen => NginxConfiguration.Static(listen, root, workers), cancellation);
}
