using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>Where a chunk that was just fetched goes.</summary>
internal enum Admission
{
    /// <summary>Into the main log, which still has room.</summary>
    Main,

    /// <summary>Into the small log, on probation.</summary>
    Small,

    /// <summary>Nowhere: its bytes go to the waiting clients only. Wanted again, it is admitted.</summary>
    Refused,
}

/// <summary>
/// FIFO in two logs, after S3-FIFO (Yang et al., "FIFO Queues are All You Need for Cache Eviction", SOSP 2023). A new chunk is written to the
/// small log; at its end it moves to the main log if another reader wanted it meanwhile, and else is evicted. At the end of the main log a chunk
/// is written again as often as it was touched, up to <see cref="Touches.Max"/>. A scan therefore passes through the small log without displacing
/// anything in the main one. Where S3-FIFO puts a chunk that comes back after its eviction into the main log at once, this policy lets it
/// past the write budget, on probation again: it hits more, and writes less (docs/performance.md). The choices are pure but for the ghosts and
/// the write budget; the store and the simulator share them.
/// </summary>
internal sealed class EvictionPolicy(GhostTable ghosts, WriteBudget budget)
{
    /// <summary>The small log's share of the capacity, as one part in so many.</summary>
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

    /// <summary>A policy for another log on the same drive, with ghosts of its own and the same write budget.</summary>
    /// <param name="ghostCapacity">How many of what it evicts it remembers.</param>
    public EvictionPolicy Beside(int ghostCapacity) => new(new GhostTable(ghostCapacity), budget);

    /// <summary>Decides where a fetched chunk goes.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    /// <param name="bytes">What storing it writes, in bytes.</param>
    /// <param name="mainHasRoom">Whether the main log still grows: as long as it does everything goes there, for it costs no other chunk its place.</param>
    public Admission Admit(ulong hash, int bytes, bool mainHasRoom)
    {
        if (mainHasRoom)
        {
            budget.Charge(bytes);
            return Admission.Main;
        }

        if (ghosts.TryTake(hash))
        {
            budget.Charge(bytes);
            return Admission.Small;
        }

        if (budget.TrySpend(bytes))
            return Admission.Small;

        ghosts.Add(hash, wasStored: false);
        return Admission.Refused;
    }

    /// <summary>Notes that a chunk was kept out for another reason than the write budget.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    public void Refuses(ulong hash) => ghosts.Add(hash, wasStored: false);

    /// <summary>Has a fetched chunk written that an operator ordered: over the budget if need be, and into the main log, where nothing untouched outlives it.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    /// <param name="bytes">What storing it writes, in bytes.</param>
    public Admission AdmitOrdered(ulong hash, int bytes)
    {
        _ = ghosts.TryTake(hash);
        budget.Charge(bytes);
        return Admission.Main;
    }

    /// <summary>Why a chunk is not stored, as far as that is remembered.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    public Absence WhyAbsent(ulong hash) => ghosts.WasStored(hash) switch
    {
        true => Absence.Evicted,
        false => Absence.NotAdmitted,
        null => Absence.Cold,
    };

    /// <summary>Notes that something is written again for another reason than that it was wanted.</summary>
    public void Rewrites(int bytes) => budget.Charge(bytes);

    /// <summary>Decides at the end of the small log whether the chunk moves to the main log; otherwise it is evicted, and remembered.</summary>
    /// <param name="hash">A well-mixed hash of its identity.</param>
    /// <param name="bytes">What moving it writes, in bytes.</param>
    /// <param name="touches">How often it was touched since it was stored.</param>
    public bool Promotes(ulong hash, int bytes, int touches)
    {
        if (touches == 0)
        {
            ghosts.Add(hash, wasStored: true);
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
            ghosts.Add(hash, wasStored: true);
            return false;
        }

        budget.Charge(bytes);
        return true;
    }
}
