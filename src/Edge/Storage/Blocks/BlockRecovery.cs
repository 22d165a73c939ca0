using System.Collections.Concurrent;
using System.Globalization;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>Fills the index with what an earlier process left.</summary>
internal static class BlockRecovery
{
    /// <summary>Segments whose entries are in memory at once: some 40 MB when all objects are of 1 KiB.</summary>
    private const int SegmentsAtOnce = 4;

    /// <summary>
    /// What the newest segment of the directory with a sound head says, as long as the capacity holds enough of its size; otherwise that of a new store,
    /// for which older files are worthless. A process that was killed may have left a segment without a head behind.
    /// </summary>
    public static (long SegmentSize, uint Seed) LayoutOf(BlockStoreOptions options)
    {
        Span<byte> bytes = stackalloc byte[SegmentHead.Size];
        foreach (var id in Segments(options.Directory).OrderDescending())
        {
            using var handle = File.OpenHandle(PathOf(options.Directory, id));
            if (SegmentSummary.Fill(handle, bytes, 0) && SegmentHead.TryRead(bytes, id) is { } head)
            {
                if (options.CapacityBytes / head.SegmentSize >= BlockStoreOptions.MinimumSegments)
                    return (head.SegmentSize, head.Seed);
                break;
            }
        }

        return (options.SegmentSize, SegmentHead.NewSeed());
    }

    /// <summary>Opens the segments, deletes what is none of the store's, and fills the index.</summary>
    /// <returns>The newest segment if it can be written on, and the number of the next one.</returns>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static (ActiveSegment? Newest, int Next) Load(BlockStoreContext context)
    {
        var table = context.Segments;
        var found = Segments(context.Options.Directory);
        // The capacity may be smaller than last time; one more than is evicted will be needed at once.
        table.OpenExisting(found.Count > context.MaxSegments - 1 ? found[^(context.MaxSegments - 1)] : 0, int.MaxValue);
        context.Index.EnsureCapacity(found.Sum(id => CountOf(context, id)));

        // In any order: of two records of a block the one at the higher address counts, and what was dropped is dropped at the end.
        // Memory is used again and again: new memory is what most of the time of a start goes into.
        var drops = new ConcurrentBag<BlockEntry>();
        var spare = new ConcurrentBag<List<BlockEntry>>();
        ActiveSegment? newest = null;
        foreach (var group in found.Chunk(SegmentsAtOnce))
        {
            var read = new SortedEntries?[group.Length];
            Parallel.For(0, group.Length, i =>
            {
                read[i] = Load(context, group[i], spare, drops, isNewest: group[i] == found[^1], out var continued);
                if (continued is not null)
                    newest = continued;
            });
            Parallel.For(0, BlockIndex.Shards, shard =>
            {
                foreach (var entries in read)
                    context.Index.Merge(shard, entries is null ? [] : entries.OfShard(shard));
            });
            foreach (var entries in read)
                entries?.Dispose();
        }

        foreach (var drop in drops)
            context.Index.RemoveBefore(drop.Hash, drop.Location.Address);

        return (newest, found is [.., var last] ? last + 1 : 1);
    }

    private static SortedEntries? Load(
        BlockStoreContext context, int id, ConcurrentBag<List<BlockEntry>> spare, ConcurrentBag<BlockEntry> drops, bool isNewest, out ActiveSegment? continued)
    {
        continued = null;
        if (!context.Segments.TryAcquire(id, out var file))
            return null;

        if (!spare.TryTake(out var empty))
            empty = [];
        if (Read(context, file, empty) is not var (head, entries, end, summarised))
        {
            file.Release();
            context.Segments.Retire(id);
            return null;
        }

        foreach (var entry in entries)
        {
            if (entry.Kind == BlockRecordKind.Dropped)
                drops.Add(entry);
        }

        var sorted = new SortedEntries(entries);
        if (isNewest)
        {
            continued = Continue(new ActiveSegment(file, head, entries, end));
            return sorted;
        }

        Close(file, head, entries, end, summarised);
        entries.Clear();
        spare.Add(entries);
        return sorted;
    }

    // What follows the records, be it a summary or half a record, is cut off, so that it can't be taken for anything later.
    private static ActiveSegment? Continue(ActiveSegment segment)
    {
        try
        {
            RandomAccess.SetLength(segment.File.Handle, segment.End);
            return segment;
        }
        catch (IOException)
        {
            segment.Dispose();
            return null;
        }
    }

    private static void Close(SegmentFile file, SegmentHead head, List<BlockEntry> entries, int end, bool summarised)
    {
        try
        {
            if (!summarised)
                SegmentSummary.Write(file.Handle, head, entries, end);
        }
        catch (IOException)
        {
            // Then the next start reads its records again.
        }
        finally
        {
            file.Release();
        }
    }

    /// <summary>What a segment's file has, in <paramref name="empty"/> or a list of its own; null when it is none of this store's, or cannot be read.</summary>
    public static (SegmentHead Head, List<BlockEntry> Entries, int End, bool Summarised)? Read(BlockStoreContext context, SegmentFile file, List<BlockEntry> empty)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHead.Size];
            if (!SegmentSummary.Fill(file.Handle, bytes, 0) ||
                SegmentHead.TryRead(bytes, file.Id) is not { } head ||
                head.SegmentSize != context.Segments.SegmentSize || head.Seed != context.Seed)
            {
                return null;
            }

            if (SegmentSummary.TryRead(file.Handle, head, empty) is { } listedEnd)
                return (head, empty, listedEnd, true);

            var (entries, end) = new SegmentScanner().Scan(file.Handle, head);
            return (head, entries, end, false);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long CountOf(BlockStoreContext context, int id)
    {
        if (!context.Segments.TryAcquire(id, out var file))
            return 0;

        var count = SegmentSummary.CountOf(file.Handle, new SegmentHead(id, context.Seed, context.Segments.SegmentSize));
        file.Release();
        return count;
    }

    // Segments are numbered from 1.
    private static List<int> Segments(string directory)
    {
        var found = new List<int>();
        foreach (var path in Directory.EnumerateFiles(directory, BlockStoreContext.FileName + ".*"))
        {
            if (int.TryParse(Path.GetExtension(path.AsSpan())[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
                found.Add(id);
        }

        found.Sort();
        return found;
    }

    private static string PathOf(string directory, int segment) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{BlockStoreContext.FileName}.{segment}"));
}
