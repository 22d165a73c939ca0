using System.Diagnostics.Metrics;
using EdgeCache.Shared.Diagnostics;

namespace EdgeCache.Shared.Tests.Diagnostics;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly Meter _meter;
    private readonly PrometheusExporter _exporter;

    public PrometheusExporterTests()
    {
        // A name of its own for each test: meters are visible throughout the process.
        var name = $"Test.{Guid.NewGuid()}";
        _meter = new Meter(name);
        _exporter = new PrometheusExporter(name);
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Counters_add_up_by_label_set_in_whatever_order_the_labels_come()
    {
        var counter = _meter.CreateCounter<long>("edgecache.edge.sent", "By", "Bytes sent to clients.");
        counter.Add(5, new("outcome", "hit"), new("region", "ORD1"));
        counter.Add(7, new("region", "ORD1"), new("outcome", "hit"));
        counter.Add(long.MaxValue / 4, new("outcome", "miss"), new("region", "ORD1"));
        counter.Add(1);

        var text = await ScrapeAsync();
        Assert.Equal("counter", text.Types["edgecache_edge_sent_bytes_total"]);
        Assert.Equal("Bytes sent to clients.", text.Helps["edgecache_edge_sent_bytes_total"]);
        Assert.Equal(12, text.Samples["edgecache_edge_sent_bytes_total{outcome=\"hit\",region=\"ORD1\"}"]);
        Assert.Equal(long.MaxValue / 4, text.Samples["edgecache_edge_sent_bytes_total{outcome=\"miss\",region=\"ORD1\"}"]);
        Assert.Equal(1, text.Samples["edgecache_edge_sent_bytes_total"]);
    }

    [Fact]
    public async Task More_label_sets_than_are_remembered_add_up_too_whether_their_texts_are_the_same_objects_or_not()
    {
        const int sets = 20;
        var counter = _meter.CreateCounter<long>("edgecache.edge.sent");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < sets; i++)
            {
                counter.Add(1, new("key", $"value{i}"), new("status", 200));
                counter.Add(1, new("key", string.Intern($"value{i}")), new("status", 200));
            }
        }

        var samples = (await ScrapeAsync()).Samples;
        Assert.Equal(sets, samples.Count);
        Assert.All(samples, static sample => Assert.Equal(6, sample.Value));
    }

    [Fact]
    public async Task Every_numeric_type_counts()
    {
        _meter.CreateCounter<byte>("a").Add(1);
        _meter.CreateCounter<short>("b").Add(2);
        _meter.CreateCounter<int>("c").Add(3);
        _meter.CreateCounter<float>("d").Add(0.5f);
        _meter.CreateCounter<double>("e").Add(0.25);
        _meter.CreateCounter<decimal>("f").Add(0.125m);

        var samples = (await ScrapeAsync()).Samples;
        Assert.Equal([1, 2, 3, 0.5, 0.25, 0.125], [.. "abcdef".Select(name => samples[$"{name}_total"])]);
    }

    [Theory]
    [InlineData("edgecache.edge.requests", "{request}", "edgecache_edge_requests_total")]
    [InlineData("edgecache.origin.fsync", "s", "edgecache_origin_fsync_seconds_total")]
    [InlineData("fill.bytes", "By", "fill_bytes_total")]
    [InlineData("requests_total", null, "requests_total")]
    [InlineData("queue-depth/max", "ms", "queue_depth_max_milliseconds_total")]
    public async Task Names_follow_the_conventions_of_Prometheus(string name, string? unit, string expected)
    {
        _meter.CreateCounter<int>(name, unit).Add(1);
        Assert.Equal(1, (await ScrapeAsync()).Samples[expected]);
    }

    [Fact]
    public async Task Gauges_go_down_and_set_gauges_keep_the_last_value()
    {
        var open = _meter.CreateUpDownCounter<int>("open");
        open.Add(3);
        open.Add(-5);
        var level = _meter.CreateGauge<double>("level", "1");
        level.Record(0.75);
        level.Record(0.5);

        var text = await ScrapeAsync();
        Assert.Equal(("gauge", -2), (text.Types["open"], text.Samples["open"]));
        Assert.Equal(("gauge", 0.5), (text.Types["level"], text.Samples["level"]));
    }

    [Fact]
    public async Task Histograms_use_the_advised_bounds_or_those_of_their_unit()
    {
        var advised = _meter.CreateHistogram("size", "By", null, tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 100] });
        foreach (var size in (long[])[1, 10, 11, 100, 101])
        {
            advised.Record(size, new KeyValuePair<string, object?>("kind", "x"));
        }

        var timing = _meter.CreateHistogram<double>("took", "s");
        timing.Record(0.0005);
        timing.Record(double.NaN);

        var samples = (await ScrapeAsync()).Samples;
        Assert.Equal(2, samples["size_bytes_bucket{kind=\"x\",le=\"10\"}"]);
        Assert.Equal(4, samples["size_bytes_bucket{kind=\"x\",le=\"100\"}"]);
        Assert.Equal(5, samples["size_bytes_bucket{kind=\"x\",le=\"+Inf\"}"]);
        Assert.Equal(223, samples["size_bytes_sum{kind=\"x\"}"]);
        Assert.Equal(5, samples["size_bytes_count{kind=\"x\"}"]);
        Assert.Equal(1, samples["took_seconds_bucket{le=\"0.0005\"}"]);
        Assert.Equal(0.0005, samples["took_seconds_sum"]);
    }

    [Fact]
    public async Task Observable_instruments_are_read_at_each_scrape_and_vanish_when_they_stop_reporting()
    {
        var reports = new List<Measurement<long>> { new(7, new KeyValuePair<string, object?>("disk", "a")), new(9, new KeyValuePair<string, object?>("disk", "b")) };
        _meter.CreateObservableGauge("used", () => reports, "By");
        _meter.CreateObservableCounter("faults", () => 40L);

        Assert.Equal(9, (await ScrapeAsync()).Samples["used_bytes{disk=\"b\"}"]);
        reports.RemoveAt(1);
        var samples = (await ScrapeAsync()).Samples;
        Assert.Equal(7, samples["used_bytes{disk=\"a\"}"]);
        Assert.DoesNotContain("used_bytes{disk=\"b\"}", samples);
        Assert.Equal(40, samples["faults_total"]);
    }

    [Fact]
    public async Task An_observable_instrument_that_fails_does_not_hide_the_others()
    {
        _meter.CreateObservableGauge<int>("bad", int () => throw new InvalidOperationException("scripted"));
        _meter.CreateObservableGauge("good", () => 1);

        var samples = (await ScrapeAsync()).Samples;
        Assert.Equal(1, samples["good"]);
        Assert.Equal(1, samples["edgecache_metrics_observation_failures_total"]);
    }

    [Fact]
    public async Task Label_names_are_mangled_and_values_escaped()
    {
        var counter = _meter.CreateCounter<int>("c");
        counter.Add(1, new("http.route", "a\\b\"c\nd\u20ac"), new("le", "1"), new("9", true), new("http_route", "twin"), new("none", null));
        Assert.Equal(1, (await ScrapeAsync()).Samples["c_total{_9=\"true\",http_route=\"a\\b\"c\nd\u20ac\",none=\"\"}"]);
    }

    [Fact]
    public async Task Label_sets_beyond_the_bound_share_the_overflow_series()
    {
        var counter = _meter.CreateCounter<int>("c");
        for (var i = 0; i < PrometheusExporter.MaxSeriesPerMetric + 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("key", i));
        }

        counter.Add(1, new KeyValuePair<string, object?>("key", 0));
        var samples = (await ScrapeAsync()).Samples;
        Assert.Equal(PrometheusExporter.MaxSeriesPerMetric + 1, samples.Count);
        Assert.Equal(10, samples["c_total{overflow=\"true\"}"]);
        Assert.Equal(2, samples["c_total{key=\"0\"}"]);
    }

    [Fact]
    public async Task Instruments_of_one_name_add_up_across_meters_unless_scoped()
    {
        object scope = new();
        var options = new MeterOptions(_meter.Name) { Scope = scope };
        using var scoped = new Meter(options);
        using var ofScope = PrometheusExporter.ForScope(scope, _meter.Name);
        _meter.CreateCounter<int>("c").Add(1);
        scoped.CreateCounter<int>("c").Add(10);

        Assert.Equal(11, (await ScrapeAsync()).Samples["c_total"]);
        Assert.Equal(10, (await ScrapeAsync(ofScope)).Samples["c_total"]);
    }

    [Fact]
    public async Task A_name_wanted_for_two_types_goes_to_the_first()
    {
        _meter.CreateUpDownCounter<int>("c").Add(1);
        _meter.CreateHistogram<int>("c").Record(5);
        var text = await ScrapeAsync();
        Assert.Equal(("gauge", 1), (text.Types["c"], text.Samples["c"]));
    }

    [Fact]
    public async Task Nothing_is_lost_while_many_record_and_scrapes_run()
    {
        const int Recorders = 4;
        const int Rounds = 20_000;
        var counter = _meter.CreateCounter<long>("c");
        var reals = _meter.CreateCounter<double>("r");
        var histogram = _meter.CreateHistogram<int>("h");
        using var start = new Barrier(Recorders + 1);
        var recorders = Enumerable.Range(0, Recorders).Select(recorder => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Rounds; i++)
                {
                    counter.Add(1, new KeyValuePair<string, object?>("key", i % 50));
                    reals.Add(0.5);
                    histogram.Record(i % 7);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        start.SignalAndWait(TestContext.Current.CancellationToken);
        var all = Task.WhenAll(recorders);
        while (!all.IsCompleted)
        {
            await ScrapeAsync(); // the parser checks each for consistency
        }

        await all;
        var samples = (await ScrapeAsync()).Samples;
        Assert.All(Enumerable.Range(0, 50), key => Assert.Equal(Recorders * Rounds / 50, samples[$"c_total{{key=\"{key}\"}}"]));
        Assert.Equal(Recorders * Rounds * 0.5, samples["r_total"]);
        Assert.Equal(Recorders * Rounds, samples["h_count"]);
        Assert.Equal(Recorders * Enumerable.Range(0, Rounds).Sum(static i => i % 7), samples["h_sum"]);
    }

    private async Task<PrometheusText> ScrapeAsync(PrometheusExporter? exporter = null)
    {
        using var stream = new MemoryStream();
        await (exporter ?? _exporter).WriteAsync(stream, TestContext.Current.CancellationToken);
        return PrometheusText.Parse(stream.ToArray());
    }
}
