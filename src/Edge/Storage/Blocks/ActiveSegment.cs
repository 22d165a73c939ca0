using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>The segment that is written to. Holds a reference on its file.</summary>
/// <param name="file">The file.</param>
/// <param name="head">Its head.</param>
/// <param name="entries">What its records say.</param>
/// <param name="end">Where they end.</param>
internal sealed class ActiveSegment(SegmentFile file, SegmentHead head, List<BlockEntry> entries, int end) : IDisposable
{
    public SegmentFile File => file;

    public SegmentHead Head => head;

    public List<BlockEntry> Entries => entries;

    /// <summary>Where the records that are in the file end.</summary>
    public int End { get; set; } = end;

    /// <summary>Whether a record fits behind others that are not in the file yet, with a summary of them all.</summary>
    /// <param name="pendingBytes">The bytes of those others.</param>
    /// <param name="pending">Their number.</param>
    /// <param name="size">The record's size.</param>
    public bool Fits(int pendingBytes, int pending, int size) =>
        (long)End + pendingBytes + size + SegmentSummary.SizeOf(entries.Count + pending + 1) <= head.SegmentSize;

    /// <summary>Gives the file back.</summary>
    public void Dispose() => file.Release();
}
