using System.Diagnostics.Metrics;
using System.Text;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Tests.Storage.Nvme;
using EdgeCache.Shared.Diagnostics;
using EdgeCache.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Edge.Tests.Storage;

public sealed class DriveMetricsTests : IDisposable
{
    private const int Seed = 8, Length = 100_000;

    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _services.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Each_drive_tells_of_itself_by_its_directory()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        using var exporter = PrometheusExporter.ForScope(meters, ChunkStoreMetrics.MeterName);
        var (here, absent) = (Path.Combine(_directory.Path, "here"), Path.Combine(_directory.Path, "absent"));
        await using var cache = await ChunkCache.OpenAsync(
            new ChunkCacheOptions { Drives = [TestChunks.Options(here), TestChunks.Options(absent) with { CreateDirectory = false }], ScrubBytesPerSecond = 1 << 20 },
            _time, NullLoggerFactory.Instance, meters, Cancellation);
        for (var number = 0; number < 3; number++)
            Assert.True(await cache.AppendAsync(new Origination("acme", 1, Shared: false), TestChunks.Id(Seed, number), TestChunks.Bytes(Seed, number, Length), Cancellation));
        Assert.True(cache.TryGet(TestChunks.Id(Seed, 0), 1, out var lease));
        using (lease)
        {
            Damage.Apply(DamageKind.FlippedHeader, lease);
            Assert.False(await lease.ReadAsync(0, new byte[Length], Cancellation));
        }

        // A pass that had begun before may have seen nothing.
        var passes = cache.Statistics.ScrubPasses + 2;
        while (cache.Statistics.ScrubPasses < passes)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (_time.ArmedTimers > 1)
                _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var text = new MemoryStream();
        await exporter.WriteAsync(text, Cancellation);
        var samples = Encoding.UTF8.GetString(text.ToArray()).Split('\n');
        Assert.Equal(1, Value(samples, "edgecache_edge_nvme_present", here));
        Assert.Equal(0, Value(samples, "edgecache_edge_nvme_present", absent));
        Assert.Equal(1, Value(samples, "edgecache_edge_nvme_degraded", absent));
        Assert.Equal(1, Value(samples, "edgecache_edge_nvme_checksum_failures_total", here));
        Assert.Equal(2, Value(samples, "edgecache_edge_nvme_live_chunks", here));
        Assert.Equal(3 * Length, Value(samples, "edgecache_edge_nvme_appended_bytes_total", here));
        Assert.InRange(Value(samples, "edgecache_edge_nvme_scrubbed_bytes_total", here), 2 * Length, 10 * Length);
        Assert.InRange(Value(samples, "edgecache_edge_nvme_disk_bytes", here), 1, Value(samples, "edgecache_edge_nvme_capacity_bytes", here));

        // What a record takes beyond its payload, and a page of journal for each commit.
        Assert.InRange(
            Value(samples, "edgecache_edge_nvme_written_bytes_total", here, "log=\"payload\""), 3 * ChunkGeometry.RecordSizeOf(Length), 6 * ChunkGeometry.RecordSizeOf(Length));
        Assert.True(Value(samples, "edgecache_edge_nvme_written_bytes_total", here, "log=\"journal\"") >= 3 * JournalEntry.Size);
    }

    private static double Value(string[] samples, string name, string drive, string label = "")
    {
        var sample = Assert.Single(samples, line =>
            line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains($"drive=\"{drive}\"", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal));
        return double.Parse(sample.AsSpan(sample.LastIndexOf(' ') + 1), System.Globalization.CultureInfo.InvariantCulture);
    }
}
