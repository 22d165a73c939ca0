using System.Diagnostics.CodeAnalysis;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>Drops the oldest segment, after whoever uses this has written its survivors again. Used by the writer's worker alone.</summary>
internal sealed class BlockEviction(BlockStoreContext context)
{
    private readonly SegmentScanner _scanner = new();
    private readonly OrganizationShares.FloorPass _pass = context.Retention.Shares.BeginPass();
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
        _entries = BlockRecovery.Read(context, file, [])?.Entries ?? [];
        _scanner.Open(file.Handle);
        return true;
    }

    /// <summary>The next block of the segment that is to be written again; its payload is good until the next call. Null at the segment's end.</summary>
    /// <param name="round">How much is kept.</param>
    /// <param name="hasRoom">Whether there is room for what was merely wanted.</param>
    public BlockWrite? NextSurvivor(RetentionRound round, bool hasRoom)
    {
        while (_position < _entries.Count)
        {
            var entry = _entries[_position++];
            if (IsLive(entry, out var block) && FateOf(entry, block.Value, round, hasRoom) is var fate and not Fate.Goes && TryRead(entry, out var record, out var payload))
            {
                _survivors++;
                return new BlockWrite(BlockRecordKind.Stored, record.Key, payload, record.PayloadChecksum)
                {
                    Organization = block.Value.Organization,
                    Touches = block.Value.Touches.Spend(),
                    From = entry.Location,
                    MustStay = fate == Fate.Stays,
                };
            }
        }

        return null;
    }

    /// <summary>Whether the oldest segment holds something pinned.</summary>
    public bool HoldsPinned()
    {
        if (context.Retention.Pins is null || !Open(int.MaxValue))
            return false;

        var holds = _entries.Exists(entry => IsLive(entry, out _) && IsPinned(entry));
        Leave();
        return holds;
    }

    /// <summary>Leaves the segment as it is.</summary>
    public void Leave()
    {
        _pass.Dispose();
        _file?.Release();
        _file = null;
        _entries = [];
    }

    /// <summary>Drops the segment, with what was not written again.</summary>
    public void Drop()
    {
        var segment = _file!.Id;
        // Without its table of contents the whole index is searched: rare, for that takes a file that can't be read.
        var gone = _entries.Count == 0 ? context.Index.RemoveWhere((_, block) => block.Location.Segment == segment) : 0;
        foreach (var entry in _entries)
            gone += entry.Kind == BlockRecordKind.Stored && context.Index.Remove(entry.Hash, entry.Location) ? 1 : 0;

        context.Segments.Retire(segment);
        context.Metrics.Evicted(gone);
        context.Logger.BlocksEvicted(segment, gone, _survivors);
        Leave();
    }

    /// <summary>Drops the oldest segment with all that is in it; false when there is none.</summary>
    public bool DropOldest()
    {
        if (!Open(int.MaxValue))
            return false;

        Drop();
        return true;
    }

    private Fate FateOf(BlockEntry entry, StoredBlock block, RetentionRound round, bool hasRoom) => context.Retention.Judge(
        round,
        _pass,
        IsPinned(entry),
        entry.Hash,
        block.Organization,
        entry.Location.RecordSize,
        block.Touches,
        (hash, bytes, touches) => context.Retention.Policy.Reinserts(hash, bytes, hasRoom ? touches : 0));

    // The index knows only the hashes of names: which object a block of a large one belongs to is in its record.
    private bool IsPinned(BlockEntry entry) => context.Retention.Pins is { } pins &&
        (pins.IsPinnedObject(entry.Hash) || (pins.HasLarge && TryRead(entry, out var record, out _) && pins.IsPinned(record.Key.Chunk.Generation)));

    private bool IsLive(BlockEntry entry, [NotNullWhen(true)] out StoredBlock? block)
    {
        block = entry.Kind == BlockRecordKind.Stored && context.Index.TryGet(entry.Hash, out var found) && found.Location == entry.Location ? found : null;
        return block is not null;
    }

    private bool TryRead(BlockEntry entry, out BlockRecord record, out ReadOnlyMemory<byte> payload)
    {
        (record, payload) = (default, default);
        try
        {
            var bytes = _scanner.Get(entry.Location.Offset, entry.Location.RecordSize);
            if (!BlockRecord.TryReadHeader(bytes.Span, context.Seed, entry.Location.Address, out record) ||
                record.Key.Hash != entry.Hash || !record.PayloadMatches(bytes.Span[BlockRecord.HeaderSize..]))
            {
                return false;
            }

            payload = bytes.Slice(BlockRecord.HeaderSize, record.Location.Length);
            return true;
        }
        catch (IOException)
        {
            return false; // it goes with its segment
        }
    }
}
