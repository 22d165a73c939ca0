using System.Diagnostics;
using System.Globalization;

namespace EdgeCache.Load.Soak;

/// <summary>What the edges took at one moment, the largest of them.</summary>
/// <param name="At">Since the start of the soak.</param>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="DiskBytes">Blocks of files below the cache's directory.</param>
internal readonly record struct SoakSample(TimeSpan At, long ResidentBytes, int Handles, long DiskBytes);

/// <summary>Looks at the edges' memory, handles and disk every second.</summary>
internal sealed class SoakSampler(SoakDeployment deployment)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<SoakSample> _samples = [];

    /// <summary>All samples, in order; complete once the sampler has ended.</summary>
    public IReadOnlyList<SoakSample> Samples => _samples;

    public async Task RunAsync(CancellationToken stopping)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            var edges = Enumerable.Range(0, SoakSettings.Edges).Where(i => deployment.ProcessIdOf(i) is not null).ToArray();
            if (edges.Length > 0)
            {
                var disk = await Task.WhenAll(edges.Select(i => DiskAsync(deployment.CacheOf(i))));
                _samples.Add(new SoakSample(
                    Stopwatch.GetElapsedTime(begin), edges.Max(i => Memory(deployment.ProcessIdOf(i))), edges.Max(i => Handles(deployment.ProcessIdOf(i))), disk.Max()));
            }

            await Task.Delay(Interval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static long Memory(int? processId)
    {
        try
        {
            // statm(5): total and resident pages.
            return long.Parse(File.ReadAllText($"/proc/{processId}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return 0; // It ended meanwhile.
        }
    }

    private static int Handles(int? processId)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{processId}/fd").Count();
        }
        catch (IOException)
        {
            return 0; // It ended meanwhile.
        }
    }

    /// <summary>What du(1) counts: the blocks that the file system gave, not the lengths of files.</summary>
    private static async Task<long> DiskAsync(string directory)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-s", "--block-size=1", directory]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await du.StandardOutput.ReadToEndAsync();
        await du.WaitForExitAsync();
        return long.TryParse(output.Split('\t')[0], CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }
}
