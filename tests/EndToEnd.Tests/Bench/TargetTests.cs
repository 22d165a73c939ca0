using EdgeCache.Load.Comparison;
using EdgeCache.Load.Report;
using EdgeCache.Load.Scenarios;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class TargetTests
{
    [Theory]
    [InlineData(10.0, 0.10, true, true)]
    [InlineData(9.9, 0.10, false, true)]
    [InlineData(10.0, 0.106, true, false)]
    public void A_ratio_to_a_peer_is_met_or_missed(double rate, double cpu, bool rateMet, bool cpuMet)
    {
        var targets = Target.Of([Median("range8m", ServerGroup.Once, rate, cpu), Median("range8m", ServerGroup.NginxCache, 10, 0.1)], []);
        Assert.Equal([rateMet, cpuMet], targets.Select(static target => target.Met));
        Assert.All(targets, static target => Assert.Equal(ServerGroup.NginxCache, target.Against));
    }

    [Fact]
    public void A_peer_or_a_server_that_was_not_measured_has_no_target()
    {
        Assert.Empty(Target.Of([Median("range8m", ServerGroup.Once, 10, 0.1)], []));
        Assert.Empty(Target.Of([Median("range8m", ServerGroup.NginxCache, 10, 0.1)], []));
    }

    [Fact]
    public void A_figure_is_judged_by_its_median()
    {
        Figure[] figures =
        [
            new(StartupScenario.ScenarioName, StartupScenario.Ready, 1, 9), new(StartupScenario.ScenarioName, StartupScenario.Ready, 2, 1.5),
            new(StartupScenario.ScenarioName, StartupScenario.Ready, 3, 1.9), new(StartupScenario.ScenarioName, "another", 1, 100),
        ];
        var target = Assert.Single(Target.Of([], figures));
        Assert.Equal(1.9, target.Measured);
        Assert.True(target.Met);
        Assert.Equal("<= 2", target.Required);
    }

    [Fact]
    public void Without_a_number_no_target_is_met() =>
        Assert.All(
            Target.Of([Median("miss1", ServerGroup.Once, double.NaN, double.NaN), Median("miss1", ServerGroup.NginxCache, 1, 1)], []),
            static target => Assert.False(target.Met));

    private static Summary Median(string workload, string server, double rate, double cpu) => new()
    {
        Workload = workload,
        Server = server,
        GigabytesPerSecond = rate,
        RequestsPerSecond = rate,
        FrontCpuPerGigabyte = cpu,
        UpstreamCpuPerGigabyte = 0,
        FrontCpuMicrosecondsPerRequest = cpu,
        ClientCpuPerGigabyte = 0,
        LatencyP50 = 0,
        LatencyP99 = 0,
        LatencyMax = 0,
        FirstByteP50 = 0,
        FirstByteP99 = 0,
        OtherCores = 0,
        Errors = 0,
        Unanswered = 0,
    };
}
