using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Load.Soak;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class SoakTests
{
    private const string DurationVariable = "EDGECACHE_SOAK_SECONDS";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_mixed_load_with_faults_no_byte_is_wrong_and_nothing_grows_beyond_its_bound()
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable(DurationVariable) ?? "60", System.Globalization.CultureInfo.InvariantCulture);
        await using var soak = SpawnedProcess.StartAssembly(
            Assemblies.Load, ["soak", "--duration", TimeSpan.FromSeconds(seconds).ToString(), "--clients", "8", "--cache-size", "256MiB", "--fault-interval", "00:00:06"]);
        await soak.Process.WaitForExitAsync(Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(soak.Output);
        Assert.True(soak.Process.ExitCode == 0, soak.Output);
    }

    [Fact]
    public void A_mix_of_versions_a_short_body_and_a_flipped_bit_are_no_version()
    {
        var objects = new SoakObjects(seed: 1, cacheSize: 1 << 20);
        var item = objects.Changing[0];
        var (seven, eight) = (objects.BodyOf(item, 7), objects.BodyOf(item, 8));
        Assert.Equal(7, objects.VersionOf(item, seven));
        Assert.Equal(8, objects.VersionOf(item, eight));
        Assert.Null(objects.VersionOf(item, [.. seven.AsSpan(0, item.Size / 2), .. eight.AsSpan(item.Size / 2)]));
        Assert.Null(objects.VersionOf(item, seven.AsSpan(0, item.Size - 1)));
        seven[^1] ^= 1;
        Assert.Null(objects.VersionOf(item, seven));
    }

    [Fact]
    public void Only_what_a_fault_may_have_met_is_excused()
    {
        var clock = new FaultClock();
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.False(clock.Excuses(begin));
        using (clock.Begin())
        {
            Assert.True(clock.Excuses(begin));
        }

        Assert.True(clock.Excuses(begin));
        Assert.True(clock.Excuses(System.Diagnostics.Stopwatch.GetTimestamp()));
        var later = begin + (long)((FaultClock.Aftermath.TotalSeconds + 60) * System.Diagnostics.Stopwatch.Frequency);
        Assert.False(clock.Excuses(later));
    }

    [Fact]
    public void A_soak_that_read_wrong_bytes_or_failed_without_a_fault_is_not_passed()
    {
        var settings = new SoakSettings(TimeSpan.FromSeconds(1), 1, 1, 1 << 20, TimeSpan.FromSeconds(1));
        SoakSample[] samples = [new(TimeSpan.Zero, 1 << 20, 10, 1 << 20)];
        Assert.Empty(Report(static t => t.Failed("GET", "503", isExcused: true)));
        Assert.Equal(["1 wrong answers"], Report(static t => t.AnsweredWrongly("GET", "x")));
        Assert.Equal(["1 requests failed while nothing was broken"], Report(static t => t.Failed("GET", "503", isExcused: false)));
        samples = [new(TimeSpan.Zero, 1 << 20, 10, (1 << 20) + 1)];
        Assert.Equal(["the disk budget was exceeded"], Report(static _ => { }));

        IEnumerable<string> Report(Action<SoakTally> count)
        {
            var tally = new SoakTally();
            tally.Succeeded("GET", 1);
            count(tally);
            return new SoakReport(settings, tally, samples).Faults();
        }
    }
}
