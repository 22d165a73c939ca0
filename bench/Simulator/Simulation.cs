using System.Globalization;
using EdgeCache.Simulator.Policies;
using EdgeCache.Simulator.Workloads;

namespace EdgeCache.Simulator;

/// <summary>Replays one workload against every policy and prints a table.</summary>
internal static class Simulation
{
    private const int SecondsPerDay = 86_400;

    /// <summary>Runs and prints.</summary>
    /// <param name="name">The workload's name for the heading.</param>
    /// <param name="list">The workload.</param>
    /// <param name="capacity">The cache's size in bytes.</param>
    /// <param name="writeRate">The write budget of the product's policy, in bytes per second; null for none.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Run(string name, AccessList list, long capacity, long? writeRate, TextWriter output)
    {
        var accesses = list.Accesses;
        var total = accesses.Sum(static access => (long)access.Bytes);
        var distinct = accesses.GroupBy(static access => access.Chunk).Sum(static group => (long)group.First().Bytes);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {accesses.Count} chunk reads, {Gigabytes(total)} GB, of {Gigabytes(distinct)} GB different; cache {Gigabytes(capacity)} GB"));
        output.WriteLine("  policy              hit ratio  byte-hit ratio  missed GB  written GB  written per missed");
        foreach (var policy in Policies(capacity, writeRate))
        {
            var (hits, hitBytes) = (0L, 0L);
            foreach (var access in accesses)
            {
                if (policy.Read(access))
                {
                    hits++;
                    hitBytes += access.Bytes;
                }
            }

            Print(output, policy.Name, hits, hitBytes, accesses.Count, total, policy.BytesWritten);
        }

        var bound = OfflineBound.Compute(accesses, capacity);
        Print(output, "offline bound", bound.Hits, bound.Bytes, accesses.Count, total, written: null);
    }

    private static IEnumerable<ICachePolicy> Policies(long capacity, long? writeRate)
    {
        yield return new QueuePolicy(QueueOrder.Fifo, capacity);
        yield return new QueuePolicy(QueueOrder.Lru, capacity);
        yield return new QueuePolicy(QueueOrder.Sieve, capacity);
        yield return new LogPolicy("two logs", capacity, writeBytesPerSecond: null);
        yield return new LogPolicy("two logs, budget", capacity, writeRate ?? (capacity / SecondsPerDay));
    }

    private static void Print(TextWriter output, string name, long hits, long hitBytes, int reads, long total, long? written)
    {
        var missed = total - hitBytes;
        var writing = written is { } bytes
            ? string.Create(CultureInfo.InvariantCulture, $"{Gigabytes(bytes),10}  {(missed == 0 ? 0 : (double)bytes / missed),18:F2}")
            : string.Empty;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-20}{(double)hits / reads,9:F4}  {(double)hitBytes / total,14:F4}  {Gigabytes(missed),9}  {writing}").TrimEnd());
    }

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("F0", CultureInfo.InvariantCulture);
}
