using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>What the parts of a block store work on.</summary>
internal sealed record BlockStoreContext(
    BlockStoreOptions Options, SegmentTable Segments, uint Seed, BlockIndex Index, Retention Retention, BlockStoreMetrics Metrics, TimeProvider Time, ILogger Logger)
{
    /// <summary>The name of the segments' files.</summary>
    public const string FileName = "blocks";

    /// <summary>Segments that may be there at once, those that are still read after their eviction included.</summary>
    public int MaxSegments => (int)Math.Min(int.MaxValue, Options.CapacityBytes / Segments.SegmentSize);

    /// <summary>Whether the next segment takes the place of the oldest.</summary>
    public bool IsFull => Segments.Live + 1 > MaxSegments;

    /// <summary>Whether one more segment fits into the capacity, with <paramref name="reserve"/> more to spare.</summary>
    public bool HasRoom(int reserve) => Segments.Live + Segments.Dying + 1 + reserve <= MaxSegments;

    /// <summary>The clock of touches.</summary>
    public ushort Tick => Touches.TickOf(Time.GetElapsedTime(0, Time.GetTimestamp()));
}
