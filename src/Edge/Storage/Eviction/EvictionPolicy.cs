using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>Where a chunk that was just fetched goes.</summary>
internal enum Admission
{
    /// <summary>Into the small log, on probation.</summary>
    Small,

    /// <summary>Into the main log: it was wanted before.</summary>
    Main,

    /// <summary>Nowhere: its bytes go to the waiting clients only. Wanted again, it is admitted.</summary>
    Refused,
}

/// <summary>
/// S3-FIFO in the form of logs (Yang et al., "FIFO Queues are All You Need for Cache Eviction", SOSP 2023). A new chunk is written to the small
/// log; at the end of that log it moves to the main log if another reader wanted it meanwhile, or else leaves a ghost. A chunk that has a ghost
/// goes straight to the main log. At the end of the main log a chunk is written again as often as it was touched, up to <see cref="MaxTouches"/>.
/// A scan therefore passes through the small log without displacing anything in the main one. The choices are pure but for the ghosts and the
/// write budget; the store and the simulator share them.
/// </summary>
internal sealed class EvictionPolicy(GhostTable ghosts, WriteBudget budget)
{
    /// <summary>The highest count of touches that is kept of a chunk.</summary>
    public const int MaxTouches = 3;

    /// <summary>The small log gives up segments before the main log does while it has more than one part in so many of all.</summary>
    public const int SmallShare = 10;

    private const int MinGhosts = 1024;
    private const int MaxGhosts = 1 << 26;
    private const int BurstShare = 20;

    /// <summary>The policy of a store: a ghost per full chunk that it holds, and a burst of a twentieth of it.</summary>
    /// <param name="capacity">The store's capacity in bytes.</param>
    /// <param name="writeBytesPerSecond">The write budget's rate; null for no limit.</param>
    /// <param name="time">The clock.</param>
    public static EvictionPolicy For(long capacity, long? writeBytesPerSecond, TimeProvider time) => new(
        new GhostTable((int)Math.Clamp(capacity / ChunkGeometry.RecordSize, MinGhosts, MaxGhosts)),
        new WriteBudget(writeBytesPerSecond, capacity / BurstShare, time));

    /// <summary>Decides where a fetched chunk goes.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    /// <param name="bytes">What storing it writes, in bytes.</param>
    /// <param name="isFull">Whether something must be evicted for it. While there is room everything is admitted: it costs no other chunk its place.</param>
    public Admission Admit(ulong hash, int bytes, bool isFull)
    {
        if (!isFull)
        {
            budget.Charge(bytes);
            return Admission.Small;
        }

        if (ghosts.TryTake(hash))
        {
            budget.Charge(bytes);
            return Admission.Main;
        }

        if (budget.TrySpend(bytes))
            return Admission.Small;

        ghosts.Add(hash);
        return Admission.Refused;
    }

    /// <summary>Decides at the end of the small log whether the chunk moves to the main log; otherwise it is evicted, and remembered.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    /// <param name="bytes">What moving it writes, in bytes.</param>
    /// <param name="touches">How often it was touched since it was stored.</param>
    public bool Promotes(ulong hash, int bytes, int touches)
    {
        if (touches == 0)
        {
            ghosts.Add(hash);
            return false;
        }

        budget.Charge(bytes);
        return true;
    }

    /// <summary>Decides at the end of the main log whether the chunk is written again, with one touch less; otherwise it is evicted.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    /// <param name="bytes">What writing it again writes, in bytes.</param>
    /// <param name="touches">How often it was touched since it was written last.</param>
    public bool Reinserts(ulong hash, int bytes, int touches)
    {
        if (touches == 0)
        {
            ghosts.Add(hash);
            return false;
        }

        budget.Charge(bytes);
        return true;
    }
}
