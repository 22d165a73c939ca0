using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>Brings index and segment files in line with what the journal says, and finds where the log begins and may be written on.</summary>
internal static class ChunkRecovery
{
    /// <summary>For a new process: opens the files that the journal names, deletes all others, and fills the index with what they hold.</summary>
    /// <returns>The log's first address, a segment's start, and the end of its last record.</returns>
    public static (long Begin, long End) Load(ChunkLogContext context, JournalReplay replay)
    {
        var size = context.Layout.SegmentSize;
        // Segment 0 is never used: FASTER's first page has no usable first bytes.
        var begin = Math.Max(size, replay.Begin / size * size);
        var end = Math.Max(begin, replay.End);
        // The capacity may be smaller than last time.
        begin = Math.Max(begin, ((end - 1) / size - context.MaxSegments + 1) * size);
        context.Segments.OpenExisting((int)(begin / size), end > begin ? (int)((end - 1) / size) : -1);
        var lengths = new Dictionary<int, long>();
        context.Index.EnsureCapacity(replay.LiveCount);
        foreach (var (_, id, location, organization) in replay.Live)
        {
            var segment = (int)(location.Address / size);
            if (!lengths.TryGetValue(segment, out var length))
                lengths[segment] = length = context.Segments.LengthOf(segment);

            if ((location.Address % size) + ChunkGeometry.RecordSizeOf(location.Length) <= length)
                context.Index.Set(id, location, organization: OrganizationUsage.Checked(organization));
        }

        return (begin, end);
    }

    /// <summary>For a log that replaces a failed one: index and files are newer than the journal may be, so they stay.</summary>
    /// <returns>The log's first address, a segment's start, and the end of its last record.</returns>
    public static (long Begin, long End) Resume(ChunkLogContext context, JournalReplay replay)
    {
        var size = context.Layout.SegmentSize;
        var begin = Math.Max(size, replay.Begin);
        while (context.Segments.First is { } first && first < begin / size)
            context.Segments.Retire(first);

        context.Index.RemoveWhere(location => location.Address < begin);
        var end = Math.Max(begin, replay.End);
        foreach (var entry in context.Index.Snapshot())
            end = Math.Max(end, entry.Location.End);

        return (begin, end);
    }
}
