using EdgeCache.Micro.Baselines;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class BaselineComparerTests
{
    private static readonly BaselineEntry[] Baseline = [new("Reference", 0), new("Parse", 544, "Reference", 2), new("List", 1_000_000, "Reference", 50)];

    [Fact]
    public void A_run_like_the_baseline_passes() => Check([new("Reference", 0, 100), new("Parse", 544, 200), new("List", 1_000_000, 5000)], [], []);

    [Fact]
    public void A_faster_machine_passes() => Check([new("Reference", 0, 10), new("Parse", 544, 20), new("List", 1_000_000, 500)], [], []);

    [Theory]
    [InlineData(544 + 23, false)]
    [InlineData(544 + 24, true)]
    [InlineData(0, false)]
    public void Another_object_per_operation_fails(long allocated, bool fails) =>
        Check([new("Reference", 0, 100), new("Parse", allocated, 200), new("List", 1_000_000, 5000)], fails ? ["Parse"] : [], []);

    [Theory]
    [InlineData(1_010_000, false)]
    [InlineData(1_010_001, true)]
    public void Of_what_allocates_much_a_hundredth_more_fails(long allocated, bool fails) =>
        Check([new("Reference", 0, 100), new("Parse", 544, 200), new("List", allocated, 5000)], fails ? ["List"] : [], []);

    [Theory]
    [InlineData(299, false)]
    [InlineData(301, true)]
    public void A_worse_ratio_of_times_only_warns(double nanoseconds, bool warns) =>
        Check([new("Reference", 0, 100), new("Parse", 544, nanoseconds), new("List", 1_000_000, 5000)], [], warns ? ["Parse"] : []);

    [Fact]
    public void What_was_not_measured_fails_and_what_has_no_baseline_warns() =>
        Check([new("Reference", 0, 100), new("List", 1_000_000, 5000), new("New", 0, 1)], ["Parse"], ["New"]);

    [Fact]
    public void Without_the_reference_nothing_is_judged_and_that_fails() =>
        Check([new("Parse", 544, 200), new("List", 1_000_000, 5000)], ["Reference", "Reference", "Reference"], []);

    [Fact]
    public void Of_two_runs_the_least_counts()
    {
        var least = BaselineComparer.Least([new("A", 600, 5), new("B", 1, 1)], [new("A", 544, 7)]);
        Assert.Equal([new MeasuredBenchmark("A", 544, 5), new MeasuredBenchmark("B", 1, 1)], least);
    }

    [Fact]
    public async Task The_committed_baseline_is_read_as_it_was_written()
    {
        using var directory = new EdgeCache.Testing.TempDirectory();
        var file = Path.Combine(directory.Path, "baseline.json");
        await Micro.Baselines.Baseline.WriteAsync(file, Baseline);
        Assert.Equal(Baseline, await Micro.Baselines.Baseline.ReadAsync(file));
    }

    private static void Check(MeasuredBenchmark[] run, string[] failing, string[] warning)
    {
        var (failures, warnings) = BaselineComparer.Compare(Baseline, run);
        Assert.Equal(failing, failures.Select(static text => text.Split(' ')[0]));
        Assert.Equal(warning, warnings.Select(static text => text.Split(' ')[0]));
    }
}
