using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Micro.Restart;

/// <summary>
/// Makes the directory that a full main log of so many full chunks, less a part of a segment, leaves behind, without their bytes: the journal is written by the store's own code and
/// has four entries per live chunk, the most before it is compacted, as FIFO leaves them (a stored entry per chunk, a begin entry per evicted segment);
/// the segment files are sparse, of the length that the journal speaks of. What a start reads is all there; payloads it does not read.
/// </summary>
internal static class RestartData
{
    /// <summary>The most full chunks in a segment; so many may be missing of those that were asked for.</summary>
    public const int ChunksPerSegment = (int)(ChunkLayout.MaximumSegmentSize / ChunkGeometry.RecordSize);

    private const int EntriesPerChunk = 4;
    private const int CommitEvery = 4096;

    /// <summary>What was made: the capacity to open it with, and the journal's size.</summary>
    public static async Task<(long CapacityBytes, long JournalBytes)> MakeAsync(string directory, int chunks)
    {
        // A store without a block store and a small log beside it, with room for one more segment than there are.
        var payload = (long)chunks * ChunkGeometry.RecordSize;
        var capacity = (payload + (4L * ChunkLayout.MaximumSegmentSize)) * 16 / 15;
        var layout = ChunkLayout.For(capacity, segmentSize: null);
        layout.Save(directory);
        var options = new RecordLogOptions
        {
            Directory = directory, Name = ChunkJournal.Name, PageSize = layout.JournalPageSize, SegmentSize = layout.JournalSegmentSize,
        };
        var (journal, _) = await ChunkJournal.OpenAsync(options, ChunkLayout.JournalBudget(capacity), TimeProvider.System);
        long journalBytes, begin = layout.SegmentSize, address = begin;
        await using (journal)
        {
            for (var number = 0L; number < (long)EntriesPerChunk * chunks; number++, address += ChunkGeometry.RecordSize)
            {
                if (address % layout.SegmentSize == 0 && address - begin >= payload)
                    await journal.AppendAsync(JournalEntry.Begin(begin += layout.SegmentSize));
                await journal.AppendAsync(new JournalEntry(JournalEntryKind.Stored, Id(number), new ChunkLocation(address, ChunkGeometry.PayloadSize)));
                if (number % CommitEvery == 0)
                    await journal.CommitAsync();
            }

            await journal.CommitAsync();
            journalBytes = journal.DiskBytes;
        }

        for (var segment = begin / layout.SegmentSize; segment * layout.SegmentSize < address; segment++)
        {
            using var file = File.OpenHandle(
                Path.Combine(directory, $"{ChunkLog.Name}.{segment}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None);
            RandomAccess.SetLength(file, layout.SegmentSize);
        }

        return (capacity, journalBytes);
    }

    // Objects of a thousand chunks, some 4 GiB each.
    private static ChunkId Id(long number) => new(new Generation(0x1234567890ABCDEF, (ulong)(number / 1000) * 0x9E3779B97F4A7C15), (int)(number % 1000));
}
