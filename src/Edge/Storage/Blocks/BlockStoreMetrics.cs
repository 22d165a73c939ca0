using System.Diagnostics.Metrics;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>A snapshot of the block store's counters; each is exact, together they are not one instant.</summary>
internal readonly record struct BlockStoreStatistics
{
    /// <summary>Blocks in the index.</summary>
    public long LiveBlocks { get; init; }

    /// <summary>The disk space of their records, in bytes.</summary>
    public long LiveBytes { get; init; }

    /// <summary>Bytes of disk accounted to the store: segments at their full size, live and dying. Never above the capacity.</summary>
    public long DiskBytes { get; init; }

    /// <summary>The configured ceiling of <see cref="DiskBytes"/>.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Payload bytes written since the store was opened.</summary>
    public long AppendedBytes { get; init; }

    /// <summary>Of <see cref="AppendedBytes"/>, those of blocks that were written again before their segment was evicted.</summary>
    public long RewrittenBytes { get; init; }

    /// <summary>Bytes that the drive was given to write since the store was opened: heads and padding included.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Segments evicted since the store was opened.</summary>
    public long EvictedSegments { get; init; }

    /// <summary>Blocks that left with an evicted segment since the store was opened.</summary>
    public long EvictedBlocks { get; init; }

    /// <summary>Reads that found a damaged record since the store was opened.</summary>
    public long ChecksumFailures { get; init; }

    /// <summary>Reads that ended in an I/O error since the store was opened.</summary>
    public long ReadFailures { get; init; }

    /// <summary>Blocks that the store turned away since it was opened: disk full, I/O error, closing.</summary>
    public long RefusedBlocks { get; init; }

    /// <summary>Blocks that the write budget kept out since the store was opened.</summary>
    public long NotAdmittedBlocks { get; init; }

    /// <summary>The counters of two stores together.</summary>
    public static BlockStoreStatistics operator +(BlockStoreStatistics a, BlockStoreStatistics b) => new()
    {
        LiveBlocks = a.LiveBlocks + b.LiveBlocks,
        LiveBytes = a.LiveBytes + b.LiveBytes,
        DiskBytes = a.DiskBytes + b.DiskBytes,
        CapacityBytes = a.CapacityBytes + b.CapacityBytes,
        AppendedBytes = a.AppendedBytes + b.AppendedBytes,
        RewrittenBytes = a.RewrittenBytes + b.RewrittenBytes,
        WrittenBytes = a.WrittenBytes + b.WrittenBytes,
        EvictedSegments = a.EvictedSegments + b.EvictedSegments,
        EvictedBlocks = a.EvictedBlocks + b.EvictedBlocks,
        ChecksumFailures = a.ChecksumFailures + b.ChecksumFailures,
        ReadFailures = a.ReadFailures + b.ReadFailures,
        RefusedBlocks = a.RefusedBlocks + b.RefusedBlocks,
        NotAdmittedBlocks = a.NotAdmittedBlocks + b.NotAdmittedBlocks,
    };
}

/// <summary>The counters of a drive's block store, and their instruments on the meter <c>EdgeCache.Edge</c>, labelled with the drive.</summary>
internal sealed class BlockStoreMetrics
{
    private readonly KeyValuePair<string, object?> _driveTag;
    private readonly Counter<long>? _appendedCounter;
    private readonly Counter<long>? _rewrittenCounter;
    private readonly Counter<long>? _writtenCounter;
    private readonly Counter<long>? _evictedSegmentsCounter;
    private readonly Counter<long>? _evictedCounter;
    private readonly Counter<long>? _checksumFailuresCounter;
    private readonly Counter<long>? _readFailuresCounter;
    private readonly Counter<long>? _refusedCounter;
    private readonly Counter<long>? _notAdmittedCounter;
    private long _appended;
    private long _rewritten;
    private long _written;
    private long _evictedSegments;
    private long _evicted;
    private long _checksumFailures;
    private long _readFailures;
    private long _refused;
    private long _notAdmitted;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Null: the counters are kept, and not published.</param>
    /// <param name="drive">The drive's name.</param>
    /// <param name="statistics">The state that gauges read; null once the store is disposed.</param>
    public BlockStoreMetrics(IMeterFactory? meterFactory, string drive, Func<BlockStoreStatistics?> statistics)
    {
        _driveTag = new("drive", drive);
        if (meterFactory?.Create(ChunkStoreMetrics.MeterName) is not { } meter)
            return;

        _appendedCounter = meter.CreateCounter<long>("edgecache.edge.blocks.appended", "By", "Payload bytes written to the block store.");
        _rewrittenCounter = meter.CreateCounter<long>(
            "edgecache.edge.blocks.rewritten", "By", "Payload bytes written again because their blocks were touched, before their segment was evicted.");
        _writtenCounter = meter.CreateCounter<long>("edgecache.edge.blocks.written", "By", "Bytes written to the drive, heads and padding included.");
        _evictedSegmentsCounter = meter.CreateCounter<long>("edgecache.edge.blocks.evicted_segments", "{segment}", "Segments evicted from the block store.");
        _evictedCounter = meter.CreateCounter<long>("edgecache.edge.blocks.evicted", "{block}", "Blocks evicted with their segment.");
        _checksumFailuresCounter = meter.CreateCounter<long>("edgecache.edge.blocks.checksum_failures", "{read}", "Reads that found a damaged block.");
        _readFailuresCounter = meter.CreateCounter<long>("edgecache.edge.blocks.read_failures", "{read}", "Reads of a block that ended in an I/O error.");
        _refusedCounter = meter.CreateCounter<long>("edgecache.edge.blocks.refused", "{block}", "Blocks turned away: disk full, I/O error, closing.");
        _notAdmittedCounter = meter.CreateCounter<long>("edgecache.edge.blocks.not_admitted", "{block}", "Fetched blocks that the write budget kept out.");
        Gauge("edgecache.edge.blocks.live", "{block}", "Blocks in the index.", now => now.LiveBlocks);
        Gauge("edgecache.edge.blocks.disk", "By", "Disk space accounted to the block store.", now => now.DiskBytes);
        Gauge("edgecache.edge.blocks.capacity", "By", "The ceiling of the block store's disk space.", now => now.CapacityBytes);

        void Gauge(string name, string unit, string description, Func<BlockStoreStatistics, long> select) =>
            meter.CreateObservableGauge(name, () => statistics() is { } now ? [new Measurement<long>(select(now), _driveTag)] : (Measurement<long>[])[], unit, description);
    }

    /// <summary>Counts blocks that were written.</summary>
    public void Appended(int bytes) => Count(ref _appended, _appendedCounter, bytes);

    /// <summary>Counts what the drive was given to write.</summary>
    public void Written(int bytes) => Count(ref _written, _writtenCounter, bytes);

    /// <summary>Counts a block that was written again; it counts as appended too.</summary>
    public void Rewritten(int bytes) => Count(ref _rewritten, _rewrittenCounter, bytes);

    /// <summary>Counts a segment that was evicted.</summary>
    public void Evicted(int blocks)
    {
        Count(ref _evictedSegments, _evictedSegmentsCounter, 1);
        Count(ref _evicted, _evictedCounter, blocks);
    }

    /// <summary>Counts a read that found damage.</summary>
    public void ChecksumFailed() => Count(ref _checksumFailures, _checksumFailuresCounter, 1);

    /// <summary>Counts a read that ended in an I/O error.</summary>
    public void ReadFailed() => Count(ref _readFailures, _readFailuresCounter, 1);

    /// <summary>Counts a block that was turned away.</summary>
    public void Refused() => Count(ref _refused, _refusedCounter, 1);

    /// <summary>Counts a block that the write budget kept out.</summary>
    public void NotAdmitted() => Count(ref _notAdmitted, _notAdmittedCounter, 1);

    /// <summary>Adds the counters to a snapshot.</summary>
    public BlockStoreStatistics AddTo(BlockStoreStatistics statistics) => statistics with
    {
        AppendedBytes = Interlocked.Read(ref _appended),
        WrittenBytes = Interlocked.Read(ref _written),
        RewrittenBytes = Interlocked.Read(ref _rewritten),
        EvictedSegments = Interlocked.Read(ref _evictedSegments),
        EvictedBlocks = Interlocked.Read(ref _evicted),
        ChecksumFailures = Interlocked.Read(ref _checksumFailures),
        ReadFailures = Interlocked.Read(ref _readFailures),
        RefusedBlocks = Interlocked.Read(ref _refused),
        NotAdmittedBlocks = Interlocked.Read(ref _notAdmitted),
    };

    private void Count(ref long total, Counter<long>? counter, long count)
    {
        Interlocked.Add(ref total, count);
        counter?.Add(count, _driveTag);
    }
}
