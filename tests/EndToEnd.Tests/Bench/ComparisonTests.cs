using System.Text.Json;
using System.Xml.Linq;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Bench;

/// <summary>Every part of <c>run</c> once, as small as it goes; peers take part where they are installed.</summary>
public sealed class ComparisonTests
{
    private static readonly (string Server, string Program, bool Caches, bool OverTls)[] Peers =
    [
        ("nginx-static", "/usr/sbin/nginx", false, true),
        ("nginx-cache", "/usr/sbin/nginx", true, true),
        ("varnish", "/usr/sbin/varnishd", true, false),
        ("trafficserver", "/usr/bin/traffic_server", true, false),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_servers_are_read_without_an_error_in_every_way_that_suits_them()
    {
        using var output = new TempDirectory();
        string[] workloads = ["whole", "range8m", "get64k", "get1k", "tls8m", "tail", "tailcold", "miss1", "miss8", "follower"];
        using var report = await RunAsync(output, workloads, "--seconds", "0.2", "--warm-seconds", "0", "--large", "24MiB", "--cache-size", "1GiB");
        var measurements = report.RootElement.GetProperty("measurements").EnumerateArray().ToList();
        Assert.All(measurements, static m => Assert.Equal(0, m.GetProperty("errors").GetInt64()));
        var measured = measurements.Select(static m => (m.GetProperty("server").GetString()!, m.GetProperty("workload").GetString()!)).ToHashSet();
        string[] misses = ["miss1", "miss8", "follower"];

        // What is measured for a time may be too short for an answer here; it was read and compared before. A miss is read to its end.
        Assert.All(
            measurements.Where(m => misses.Contains(m.GetProperty("workload").GetString())),
            static m => Assert.True(m.GetProperty("bytes").GetInt64() >= 24 << 20, m.ToString()));
        foreach (var edge in new[] { "edgecache-strict", "edgecache-once" })
        {
            Assert.All(workloads, workload => Assert.Contains((edge, workload), measured));
        }

        Assert.Contains(("origin", "range8m"), measured);
        var sourceIsThere = File.Exists("/usr/sbin/nginx");
        foreach (var (server, program, caches, overTls) in Peers.Where(peer => sourceIsThere && File.Exists(peer.Program)))
        {
            Assert.Contains((server, "get1k"), measured);
            Assert.Equal(overTls, measured.Contains((server, "tls8m")));
            Assert.Equal(overTls, measured.Contains((server, "tailcold")));
            Assert.All(misses, workload => Assert.Equal(caches, measured.Contains((server, workload))));
        }

        var chart = XDocument.Load(Path.Combine(output.Path, "report.svg"));
        Assert.Contains(chart.Descendants(), static e => e.Name.LocalName == "text" && e.Value.StartsWith("tail: ", StringComparison.Ordinal));
        Assert.Contains("| workload", await File.ReadAllTextAsync(Path.Combine(output.Path, "report.txt"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_the_product_does_is_measured_beside_what_the_machine_can_do()
    {
        using var output = new TempDirectory();
        using var report = await RunAsync(
            output,
            ["put1g", "multipart8", "connections", "startup", "metadata"],
            "--seconds", "0.5", "--warm-seconds", "0.1", "--large", "16MiB", "--cache-size", "1GiB", "--objects", "3000", "--connections", "60", "--uploads", "20",
            "--simulated-cache", "2GiB");
        var figures = report.RootElement.GetProperty("figures").EnumerateArray()
            .ToDictionary(static f => $"{f.GetProperty("scenario")}: {f.GetProperty("name")}", static f => f.GetProperty("value").GetDouble());
        foreach (var name in new[]
        {
            "put1g: GB/s", "put1g: dd conv=fsync GB/s", "put1g: MD5 GB/s", "multipart8: GB/s", "startup: s until ready", "startup: idle MB",
            "metadata: list 1,000 keys p99 ms", "metadata: list 1,000 prefixes p99 ms", "metadata: HEAD p99 ms", "metadata: PUT 1 KiB/s",
        })
        {
            Assert.True(figures.TryGetValue(name, out var value) && value > 0, $"{name} in {string.Join(", ", figures.Keys)}");
        }

        Assert.Equal(60, figures["connections: idle connections"]);

        // The edge finds the chunks of which the journal tells: 2 GiB of 4 MiB each, less a segment that may be under way.
        Assert.InRange(figures["startup: chunks found"], 256, 512);
        var targets = report.RootElement.GetProperty("targets").EnumerateArray().Select(static t => t.GetProperty("what").GetString()!).ToList();
        Assert.Contains("metadata: HEAD p99 ms", targets);
        Assert.Contains("put1g: of dd plus MD5", targets);
    }

    [Fact]
    public async Task Objects_made_by_requests_are_as_many_as_those_copied_in_the_catalog()
    {
        using var output = new TempDirectory();
        using var report = await RunAsync(output, ["metadata"], "--seconds", "0.3", "--warm-seconds", "0.1", "--objects", "1500", "--objects-by-s3");
        Assert.NotEmpty(report.RootElement.GetProperty("figures").EnumerateArray());
    }

    private static async Task<JsonDocument> RunAsync(TempDirectory output, string[] workloads, params string[] arguments)
    {
        await using var run = SpawnedProcess.StartAssembly(
            Assemblies.Load, ["run", "--rounds", "1", "--out", output.Path, "--workloads", .. workloads, .. arguments]);
        await run.Process.WaitForExitAsync(Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.True(run.Process.ExitCode == 0, run.Output);
        return JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(output.Path, "report.json"), Cancellation));
    }
}
