using EdgeCache.Load.Data;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>The servers of a comparison, all running at once. Disposing stops them all, the last started first.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    public const string EdgeCache = "edgecache";
    public const string NginxStatic = "nginx-static";
    public const string NginxCache = "nginx-cache";

    private const int CopyBuffer = 1 << 20;

    private readonly List<ServerUnderTest> _servers = [];

    public static IReadOnlyList<string> Names { get; } = [EdgeCache, NginxStatic, NginxCache];

    public IReadOnlyList<ServerUnderTest> Servers => _servers;

    /// <summary>Starts what the settings name and gives each the data set. nginx is left out, with a line, where it is not installed.</summary>
    public static async Task<ServerGroup> StartAsync(
        RunSettings settings, DataSet data, HttpClient http, IProgress<string> progress, CancellationToken cancellation)
    {
        var group = new ServerGroup();
        try
        {
            await group.StartAllAsync(settings, data, http, progress, cancellation);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _servers.Count - 1; i >= 0; i--)
        {
            await _servers[i].DisposeAsync();
        }

        _servers.Clear();
    }

    private async Task StartAllAsync(
        RunSettings settings, DataSet data, HttpClient http, IProgress<string> progress, CancellationToken cancellation)
    {
        bool Wanted(string name) => settings.Servers.Count == 0 || settings.Servers.Contains(name);
        string Below(string name) => Path.Combine(settings.WorkDirectory, name);

        if (Wanted(EdgeCache))
        {
            progress.Report("starting edgecache: origin ORD1, edge LGA1; uploading");
            _servers.Add(await EdgeCacheServer.StartAsync(
                ProductPrograms.Find(), Below(EdgeCache), settings.CacheSize, settings.EdgeArguments, data, http, cancellation));
        }

        if (!Wanted(NginxStatic) && !Wanted(NginxCache))
        {
            return;
        }

        if (!NginxProcess.IsInstalled)
        {
            progress.Report($"nginx is not installed ({NginxProcess.Path}): its columns are left out");
            return;
        }

        progress.Report("starting nginx");
        var root = Below("www");
        await WriteFilesAsync(data, root, cancellation);
        if (Wanted(NginxStatic))
        {
            _servers.Add(await NginxServer.StartStaticAsync(Below(NginxStatic), root, settings.NginxWorkers, cancellation));
        }

        if (Wanted(NginxCache))
        {
            _servers.Add(await NginxServer.StartCacheAsync(
                Below(NginxCache), root, settings.CacheSize, settings.NginxWorkers, cancellation));
        }
    }

    private static async Task WriteFilesAsync(DataSet data, string root, CancellationToken cancellation)
    {
        foreach (var stored in data.All)
        {
            var path = Path.Combine(root, stored.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = File.Create(path, CopyBuffer);
            await using var content = new SeededStream(stored.Content, stored.Size);
            await content.CopyToAsync(file, CopyBuffer, cancellation);
        }
    }
}
