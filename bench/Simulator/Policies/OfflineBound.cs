using System.Runtime.InteropServices;
using EdgeCache.Simulator.Workloads;

namespace EdgeCache.Simulator.Policies;

/// <summary>
/// What no policy can exceed, even one that knows the future: PFOO-L (Berger, Beckmann, Harchol-Balter, "Practical Bounds on Optimal Caching
/// with Variable Object Sizes", SIGMETRICS 2018). A hit needs its chunk kept from the read before, which takes size times interval of the
/// cache's space-time; the cheapest intervals that fit into all of the space-time are at least as many hits as any cache can have.
/// </summary>
internal static class OfflineBound
{
    /// <summary>The bounds on hits and on bytes hit.</summary>
    public static (long Hits, long Bytes) Compute(IReadOnlyList<Access> accesses, long capacity)
    {
        var last = new Dictionary<int, int>();
        var intervals = new List<(double Cost, int Bytes)>();
        for (var i = 0; i < accesses.Count; i++)
        {
            ref var previous = ref CollectionsMarshal.GetValueRefOrAddDefault(last, accesses[i].Chunk, out var seen);
            if (seen)
                intervals.Add(((double)(i - previous) * accesses[i].Bytes, accesses[i].Bytes));

            previous = i;
        }

        var budget = (double)capacity * accesses.Count;
        intervals.Sort(static (a, b) => a.Cost.CompareTo(b.Cost));
        var (hits, _) = Take(intervals, budget);
        intervals.Sort(static (a, b) => (a.Cost / a.Bytes).CompareTo(b.Cost / b.Bytes));
        var (_, bytes) = Take(intervals, budget);
        return (hits, bytes);
    }

    private static (long Hits, long Bytes) Take(List<(double Cost, int Bytes)> intervals, double budget)
    {
        var (hits, bytes) = (0L, 0L);
        foreach (var (cost, size) in intervals)
        {
            if ((budget -= cost) < 0)
                break;

            hits++;
            bytes += size;
        }

        return (hits, bytes);
    }
}
