using System.Globalization;
using System.Net;

namespace EdgeCache.Load.Servers.Peers;

/// <summary>
/// Starts Debian's Apache Traffic Server so that hits come from its memory: <c>ram_cache_cutoff 0</c>, because otherwise large objects come from disk, and no
/// filter that keeps objects out at first; readers follow a writer, so that a miss is fetched once. Two threads, as nginx has two workers.
/// </summary>
internal static class TrafficServer
{
    public const string Program = "/usr/bin/traffic_server";
    public const string VersionArgument = "--version";

    private const string Defaults = "/etc/trafficserver";

    /// <summary>Starts it in front of <paramref name="source"/>, with a cache on disk and <paramref name="memory"/> bytes of it in memory.</summary>
    public static async Task<PeerProcess> StartAsync(
        string directory, IPEndPoint source, long cacheSize, long memory, int threads, CancellationToken cancellation)
    {
        var endPoint = PeerProcess.FreeEndPoint();
        var settings = Path.Combine(directory, "etc");
        foreach (var name in (string[])["etc", "log", "run", "cache", "state"])
        {
            Directory.CreateDirectory(Path.Combine(directory, name));
        }

        foreach (var file in Directory.EnumerateFiles(Defaults))
        {
            File.Copy(file, Path.Combine(settings, Path.GetFileName(file)), overwrite: true);
        }

        var root = Path.Combine(directory, "runroot.yaml");
        await File.WriteAllTextAsync(root, RunRoot(directory), cancellation);
        await File.WriteAllTextAsync(Path.Combine(settings, "records.config"), Records(endPoint, memory, threads), cancellation);
        await File.WriteAllTextAsync(Path.Combine(settings, "remap.config"), $"map http://{endPoint}/ http://{source}/\n", cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(settings, "storage.config"), string.Create(CultureInfo.InvariantCulture, $"{directory}/cache {cacheSize >> 20}M\n"), cancellation);
        return await PeerProcess.StartAsync(Program, [$"--run-root={root}"], directory, endPoint, cancellation);
    }

    private static string RunRoot(string directory) => $"""
        prefix: {directory}
        exec_prefix: /usr
        bindir: /usr/bin
        sbindir: /usr/sbin
        sysconfdir: {directory}/etc
        datadir: {directory}/cache
        includedir: /usr/include
        libdir: /usr/lib/trafficserver
        libexecdir: /usr/lib/trafficserver/modules
        localstatedir: {directory}/state
        runtimedir: {directory}/run
        logdir: {directory}/log
        cachedir: {directory}/cache

        """;

    private static string Records(IPEndPoint listen, long memory, int threads) => $"""
        CONFIG proxy.config.admin.user_id STRING #-1
        CONFIG proxy.config.http.server_ports STRING {listen.Port}:ip-in={listen.Address}
        CONFIG proxy.config.exec_thread.autoconfig INT 0
        CONFIG proxy.config.exec_thread.limit INT {threads}
        CONFIG proxy.config.exec_thread.affinity INT 0
        CONFIG proxy.config.log.logging_enabled INT 0
        CONFIG proxy.config.http.cache.required_headers INT 0
        CONFIG proxy.config.http.cache.max_open_read_retries INT 5
        CONFIG proxy.config.cache.enable_read_while_writer INT 1
        CONFIG proxy.config.http.background_fill_active_timeout INT 0
        CONFIG proxy.config.http.background_fill_completed_threshold FLOAT 0.0
        CONFIG proxy.config.cache.max_doc_size INT 0
        CONFIG proxy.config.cache.min_average_object_size INT 8000
        CONFIG proxy.config.cache.ram_cache.size INT {memory}
        CONFIG proxy.config.cache.ram_cache_cutoff INT 0
        CONFIG proxy.config.cache.ram_cache.use_seen_filter INT 0
        CONFIG proxy.config.url_remap.remap_required INT 1
        CONFIG proxy.config.http.keep_alive_no_activity_timeout_in INT 300
        CONFIG proxy.config.http.insert_response_via_str INT 2
        CONFIG proxy.config.diags.debug.enabled INT 0

        """;
}
