using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Comparison;

/// <summary>CPU times so far, or between two moments, of those who take part in a measurement and of the whole machine.</summary>
internal readonly record struct CpuTimes(TimeSpan Front, TimeSpan Upstream, TimeSpan Client, TimeSpan Machine)
{
    public static CpuTimes Now(ServerUnderTest server) =>
        new(server.FrontCpu, server.UpstreamCpu, Environment.CpuUsage.TotalTime, ProcessTree.MachineBusyTime());

    public static CpuTimes operator -(CpuTimes later, CpuTimes earlier) => new(
        later.Front - earlier.Front, later.Upstream - earlier.Upstream, later.Client - earlier.Client, later.Machine - earlier.Machine);
}
