using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeCache.Load.Report;

/// <summary>What figures depend on and a reader can't see: the machine, its load, and the versions of what was measured.</summary>
internal sealed record MachineFacts(
    string Cpu, int Cores, double MemoryGib, string Kernel, string Runtime, string LoadAverageBefore, string? LoadAverageAfter,
    string ProductVersion, IReadOnlyDictionary<string, string> PeerVersions)
{
    public static MachineFacts Read(string productVersion, IReadOnlyDictionary<string, string> peerVersions) => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        MemoryInGib(),
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.FrameworkDescription,
        LoadAverage(),
        null,
        productVersion,
        peerVersions);

    /// <summary>The load averages of 1, 5 and 15 minutes.</summary>
    public static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    private static double MemoryInGib()
    {
        var kib = Field("/proc/meminfo", "MemTotal")?.Split(' ')[0] ?? "0";
        return double.Parse(kib, CultureInfo.InvariantCulture) / (1 << 20);
    }

    private static string? Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
