using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>Reads a segment's file from front to back, through a window of a mebibyte.</summary>
internal sealed class SegmentScanner
{
    private const int WindowSize = 1 << 20;

    private readonly byte[] _window = new byte[WindowSize];
    private SafeFileHandle? _handle;
    private long _start;
    private int _filled;

    /// <summary>Turns to a file; what <see cref="Get"/> returned before is void.</summary>
    public void Open(SafeFileHandle handle) => (_handle, _start, _filled) = (handle, 0, 0);

    /// <summary>The bytes at a position, fewer at the end of the file; good until the next call.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public ReadOnlyMemory<byte> Get(long position, int length)
    {
        if (position < _start || position + length > _start + _filled)
        {
            (_start, _filled) = (position, 0);
            while (_filled < _window.Length)
            {
                var read = RandomAccess.Read(_handle!, _window.AsSpan(_filled), position + _filled);
                if (read == 0)
                    break;

                _filled += read;
            }
        }

        var offset = (int)(position - _start);
        return _window.AsMemory(offset, Math.Min(length, _filled - offset));
    }

    /// <summary>Reads a segment record by record, up to the first place where there is no intact header; a record with another payload is left out.</summary>
    /// <returns>The entries, and where the records end.</returns>
    /// <exception cref="IOException">The device failed.</exception>
    public (List<BlockEntry> Entries, int End) Scan(SafeFileHandle handle, SegmentHead head)
    {
        Open(handle);
        var entries = new List<BlockEntry>();
        var position = SegmentHead.Size;
        while (BlockRecord.TryReadHeader(
            Get(position, BlockRecord.HeaderSize).Span, head.Seed, new BlockLocation(head.Segment, position, 0).Address, out var record))
        {
            var size = record.Location.RecordSize;
            var bytes = Get(position, size);
            if (bytes.Length < size)
                break;

            if (record.Kind == BlockRecordKind.Dropped || record.PayloadMatches(bytes.Span[BlockRecord.HeaderSize..]))
                entries.Add(new BlockEntry(record.Key.Hash, record.Kind, record.Location, record.Organization));

            position += size;
        }

        return (entries, position);
    }
}
