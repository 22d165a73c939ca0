using System.Globalization;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>
/// Shares the process's limit of open files out (RLIMIT_NOFILE, <c>ulimit -n</c>): what clients may open is what the rest of the edge leaves. It must
/// not run out, for without a handle the runtime can't even start a thread, and ends the process.
/// </summary>
internal static class HandleBudget
{
    /// <summary>For the runtime, its threads, the programs' files, logs, listeners, feeds and journals.</summary>
    public const int Reserve = 256;

    /// <summary>With fewer connections at each listener the edge does not start.</summary>
    public const int MinConnections = 16;

    private const string LimitsFile = "/proc/self/limits";
    private const string LimitName = "Max open files";

    /// <summary>The files of a cache that is small, or that a large one has besides its segments of a gigabyte, per drive.</summary>
    private const int SegmentsPerDrive = 96;

    /// <summary>How many connections each listener may have: as configured, or as many as the limit allows.</summary>
    /// <param name="options">The checked options.</param>
    /// <param name="listeners">How many listeners there are.</param>
    /// <param name="limit">The limit of open files.</param>
    /// <exception cref="StartupException">The limit is too low to serve at all.</exception>
    public static int Connections(EdgeOptions options, int listeners, long limit)
    {
        var drives = Math.Max(1, options.CacheDirectories.Count);
        var segments = drives * (SegmentsPerDrive + (2 * (ByteSize.Parse(options.CacheSize) / ChunkLayout.MaximumSegmentSize)));
        var upstream = (long)options.Regions.Count * options.Upstream.MaxFillConnections;
        var taken = Reserve + segments + upstream;

        // An S3 request that is passed on has a connection of its own behind it.
        var allowed = (limit - taken) / (listeners + 1);
        return allowed < MinConnections
            ? throw new StartupException(string.Create(
                CultureInfo.InvariantCulture,
                $"the limit of open files is {limit}, and at least {taken + (MinConnections * (listeners + 1))} are needed for this cache: raise it (ulimit -n, LimitNOFILE)"))
            : (int)Math.Min(options.MaxConnections, allowed);
    }

    /// <summary>The limit of this process, which the runtime has raised as far as it may; the largest number when it can't be read.</summary>
    public static long Limit()
    {
        try
        {
            var line = File.ReadLines(LimitsFile).FirstOrDefault(static l => l.StartsWith(LimitName, StringComparison.Ordinal));
            return line?[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..] &&
                long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue;
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}
