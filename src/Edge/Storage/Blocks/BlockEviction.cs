using System.Diagnostics.CodeAnalysis;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>Drops the oldest segment, after whoever uses this has written its survivors again. Used by the writer's worker alone.</summary>
internal sealed class BlockEviction(BlockStoreContext context)
{
    private readonly SegmentScanner _scanner = new();
    private List<BlockEntry> _entries = [];
    private SegmentFile? _file;
    private int _position;
    private int _survivors;

    /// <summary>Turns to the oldest segment; false when there is none before <paramref name="active"/>.</summary>
    public bool Open(int active)
    {
        if (context.Segments.First is not { } oldest || oldest >= active || !context.Segments.TryAcquire(oldest, out var file))
            return false;

        _file = file;
        (_position, _survivors) = (0, 0);
        _entries = BlockRecovery.Read(context, _scanner, file)?.Entries ?? [];
        _scanner.Open(file.Handle);
        return true;
    }

    /// <summary>The next block of the segment that is to be written again; its payload is good until the next call. Null at the segment's end.</summary>
    /// <param name="hasRoom">Whether there is room for it; if not, the rest of the segment goes.</param>
    public BlockWrite? NextSurvivor(bool hasRoom)
    {
        while (hasRoom && _position < _entries.Count)
        {
            var entry = _entries[_position++];
            if (IsLive(entry, out var block) &&
                context.Policy.Reinserts(entry.Hash, entry.Location.RecordSize, block.Value.Touches.Count) &&
                TryRead(entry, block.Value, out var survivor))
            {
                _survivors++;
                return survivor;
            }
        }

        return null;
    }

    /// <summary>Drops the segment, with what was not written again.</summary>
    public void Drop()
    {
        var file = _file!;
        _file = null;
        Drop(file.Id, _entries, _survivors);
        file.Release();
        _entries = [];
    }

    /// <summary>Drops the oldest segment with all that is in it; false when there is none.</summary>
    public bool DropOldest()
    {
        if (!Open(int.MaxValue))
            return false;

        Drop();
        return true;
    }

    private void Drop(int segment, List<BlockEntry> entries, int survivors)
    {
        // Without its table of contents the whole index is searched: rare, for that takes a file that can't be read.
        var gone = 0;
        if (entries.Count == 0)
            gone = context.Index.RemoveSegment(segment);

        foreach (var entry in entries)
            gone += entry.Kind == BlockRecordKind.Stored && context.Index.Remove(entry.Hash, entry.Location) ? 1 : 0;

        context.Segments.Retire(segment);
        context.Metrics.Evicted(gone);
        context.Logger.BlocksEvicted(segment, gone, survivors);
    }

    private bool IsLive(BlockEntry entry, [NotNullWhen(true)] out StoredBlock? block)
    {
        block = entry.Kind == BlockRecordKind.Stored && context.Index.TryGet(entry.Hash, out var found) && found.Location == entry.Location ? found : null;
        return block is not null;
    }

    private bool TryRead(BlockEntry entry, StoredBlock block, [NotNullWhen(true)] out BlockWrite? survivor)
    {
        survivor = null;
        try
        {
            var bytes = _scanner.Get(entry.Location.Offset, entry.Location.RecordSize);
            if (BlockRecord.TryReadHeader(bytes.Span, context.Seed, entry.Location.Address, out var record) &&
                record.Key.Hash == entry.Hash && record.PayloadMatches(bytes.Span[BlockRecord.HeaderSize..]))
            {
                survivor = new BlockWrite(BlockRecordKind.Stored, record.Key, bytes.Slice(BlockRecord.HeaderSize, record.Location.Length), record.PayloadChecksum)
                {
                    Organization = record.Organization,
                    Touches = block.Touches.Spend(),
                    From = entry.Location,
                };
            }
        }
        catch (IOException)
        {
            // It goes with its segment.
        }

        return survivor is not null;
    }
}
