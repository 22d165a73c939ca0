using System.Diagnostics.Metrics;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>Why an append was turned away.</summary>
internal enum AppendRefusal
{
    /// <summary>An I/O error stopped the log, which is being rebuilt.</summary>
    Degraded,

    /// <summary>The file system gave no space for a segment.</summary>
    DiskFull,

    /// <summary>A segment could not be created for another reason, such as no free file handle.</summary>
    NoSegment,

    /// <summary>Leases hold so many evicted segments that the capacity would be exceeded.</summary>
    Held,

    /// <summary>The log has its capacity: something must be evicted first.</summary>
    Full,

    /// <summary>The store is being disposed.</summary>
    Closing,
}

/// <summary>The counters of a drive's chunk stores, and their instruments on the meter <c>EdgeCache.Edge</c>, labelled with the drive.</summary>
internal sealed class ChunkStoreMetrics
{
    /// <summary>The edge's meter.</summary>
    public const string MeterName = "EdgeCache.Edge";

    private static readonly KeyValuePair<string, object?> PayloadTag = new("log", "payload");
    private static readonly KeyValuePair<string, object?> JournalTag = new("log", "journal");

    private readonly KeyValuePair<string, object?> driveTag;
    private readonly Counter<long>? appendedCounter;
    private readonly Counter<long>? evictedSegmentsCounter;
    private readonly Counter<long>? evictedChunksCounter;
    private readonly Counter<long>? checksumFailuresCounter;
    private readonly Counter<long>? readFailuresCounter;
    private readonly Counter<long>? scrubbedCounter;
    private readonly Counter<long>? scrubPassesCounter;
    private readonly Counter<long>? scrubFailuresCounter;
    private readonly Counter<long>? refusedCounter;
    private readonly Counter<long>? rewrittenCounter;
    private readonly Counter<long>? reinsertedCounter;
    private readonly Counter<long>? writtenCounter;
    private readonly Counter<long>? notAdmittedCounter;
    private long appendedBytes;
    private long rewrittenBytes;
    private long reinserted;
    private long writtenBytes;
    private long notAdmitted;
    private long evictedSegments;
    private long evictedChunks;
    private long checksumFailures;
    private long readFailures;
    private long scrubbedBytes;
    private long scrubPasses;
    private long scrubFailures;
    private long refusedAppends;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Null: the counters are kept, and not published.</param>
    /// <param name="drive">The drive's label.</param>
    /// <param name="statistics">The state that gauges read; null once the store is disposed.</param>
    public ChunkStoreMetrics(IMeterFactory? meterFactory, string drive, Func<ChunkStoreStatistics?> statistics)
    {
        driveTag = new KeyValuePair<string, object?>("drive", drive);
        if (meterFactory?.Create(MeterName) is not { } meter)
            return;

        appendedCounter = meter.CreateCounter<long>("edgecache.edge.nvme.appended", "By", "Payload bytes appended to the chunk log.");
        evictedSegmentsCounter = meter.CreateCounter<long>("edgecache.edge.nvme.evicted_segments", "{segment}", "Segments evicted from the chunk log.");
        evictedChunksCounter = meter.CreateCounter<long>("edgecache.edge.nvme.evicted_chunks", "{chunk}", "Chunks evicted with their segment.");
        checksumFailuresCounter = meter.CreateCounter<long>("edgecache.edge.nvme.checksum_failures", "{read}", "Reads that found a damaged chunk.");
        readFailuresCounter = meter.CreateCounter<long>("edgecache.edge.nvme.read_failures", "{read}", "Reads of a chunk that ended in an I/O error.");
        scrubbedCounter = meter.CreateCounter<long>("edgecache.edge.nvme.scrubbed", "By", "Payload bytes that the scrubber found intact.");
        scrubPassesCounter = meter.CreateCounter<long>("edgecache.edge.nvme.scrub_passes", "{pass}", "Passes of the scrubber over all chunks.");
        scrubFailuresCounter = meter.CreateCounter<long>("edgecache.edge.nvme.scrub_failures", "{chunk}", "Chunks that the scrubber found damaged or unreadable.");
        refusedCounter = meter.CreateCounter<long>("edgecache.edge.nvme.refused_appends", "{append}", "Appends turned away, by reason.");
        rewrittenCounter = meter.CreateCounter<long>(
            "edgecache.edge.nvme.rewritten", "By", "Payload bytes written again because their chunks were touched, before their segment was evicted.");
        reinsertedCounter = meter.CreateCounter<long>("edgecache.edge.nvme.reinserted_chunks", "{chunk}", "Chunks written again before their segment was evicted.");
        writtenCounter = meter.CreateCounter<long>("edgecache.edge.nvme.written", "By", "Bytes written to the drive, by log: payload with headers and padding, or journal.");
        notAdmittedCounter = meter.CreateCounter<long>("edgecache.edge.nvme.not_admitted", "{chunk}", "Fetched chunks that the write budget kept out.");
        Gauge("edgecache.edge.nvme.live_chunks", "{chunk}", "Chunks in the index.", now => now.LiveChunks);
        Gauge("edgecache.edge.nvme.disk", "By", "Disk space accounted to the chunk store.", now => now.DiskBytes);
        Gauge("edgecache.edge.nvme.capacity", "By", "The ceiling of the chunk store's disk space.", now => now.CapacityBytes);
        Gauge("edgecache.edge.nvme.degraded", "{store}", "1 while the chunk store takes no appends because of an I/O error.", now => now.Degraded ? 1 : 0);
        Gauge("edgecache.edge.nvme.present", "{drive}", "1 while the drive is open, 0 while it is lost.", now => now.PresentDrives);

        void Gauge(string name, string unit, string description, Func<ChunkStoreStatistics, long> select) =>
            meter.CreateObservableGauge(name, () => Measure(select), unit, description);

        IEnumerable<Measurement<long>> Measure(Func<ChunkStoreStatistics, long> select)
        {
            if (statistics() is { } now)
                yield return new Measurement<long>(select(now), driveTag);
        }
    }

    /// <summary>Counts a chunk that was appended.</summary>
    public void Appended(int bytes)
    {
        Interlocked.Add(ref appendedBytes, bytes);
        appendedCounter?.Add(bytes, driveTag);
    }

    /// <summary>Counts a segment that was evicted.</summary>
    public void Evicted(int chunks)
    {
        Interlocked.Increment(ref evictedSegments);
        Interlocked.Add(ref evictedChunks, chunks);
        evictedSegmentsCounter?.Add(1, driveTag);
        evictedChunksCounter?.Add(chunks, driveTag);
    }

    /// <summary>Counts a chunk that was written again; it counts as appended too.</summary>
    public void Rewritten(int bytes)
    {
        Interlocked.Add(ref rewrittenBytes, bytes);
        rewrittenCounter?.Add(bytes, driveTag);
        Interlocked.Increment(ref reinserted);
        reinsertedCounter?.Add(1, driveTag);
    }

    /// <summary>Counts what the drive was given to write for the payload log.</summary>
    public void PayloadWritten(int bytes) => Written(bytes, PayloadTag);

    /// <summary>Counts what the drive was given to write for the journal.</summary>
    public void JournalWritten(int bytes) => Written(bytes, JournalTag);

    /// <summary>Counts a chunk that the write budget kept out.</summary>
    public void NotAdmitted()
    {
        Interlocked.Increment(ref notAdmitted);
        notAdmittedCounter?.Add(1, driveTag);
    }

    /// <summary>Counts a read that found damage.</summary>
    public void ChecksumFailed()
    {
        Interlocked.Increment(ref checksumFailures);
        checksumFailuresCounter?.Add(1, driveTag);
    }

    /// <summary>Counts a read that ended in an I/O error.</summary>
    public void ReadFailed()
    {
        Interlocked.Increment(ref readFailures);
        readFailuresCounter?.Add(1, driveTag);
    }

    /// <summary>Counts bytes that the scrubber found intact.</summary>
    public void Scrubbed(int bytes)
    {
        Interlocked.Add(ref scrubbedBytes, bytes);
        scrubbedCounter?.Add(bytes, driveTag);
    }

    /// <summary>Counts a pass of the scrubber.</summary>
    public void ScrubPassed()
    {
        Interlocked.Increment(ref scrubPasses);
        scrubPassesCounter?.Add(1, driveTag);
    }

    /// <summary>Counts a chunk that the scrubber dropped.</summary>
    public void ScrubFailed()
    {
        Interlocked.Increment(ref scrubFailures);
        scrubFailuresCounter?.Add(1, driveTag);
    }

    /// <summary>Counts an append that was turned away.</summary>
    public void Refused(AppendRefusal reason)
    {
        Interlocked.Increment(ref refusedAppends);
        refusedCounter?.Add(1, driveTag, new KeyValuePair<string, object?>("reason", reason switch
        {
            AppendRefusal.Degraded => "degraded",
            AppendRefusal.DiskFull => "disk_full",
            AppendRefusal.NoSegment => "no_segment",
            AppendRefusal.Held => "held",
            AppendRefusal.Full => "full",
            AppendRefusal.Closing => "closing",
        }));
    }

    /// <summary>Adds the counters to a snapshot.</summary>
    public ChunkStoreStatistics AddTo(ChunkStoreStatistics statistics) => statistics with
    {
        AppendedBytes = Interlocked.Read(ref appendedBytes),
        RewrittenBytes = Interlocked.Read(ref rewrittenBytes),
        ReinsertedChunks = Interlocked.Read(ref reinserted),
        WrittenBytes = Interlocked.Read(ref writtenBytes),
        NotAdmittedChunks = Interlocked.Read(ref notAdmitted),
        EvictedSegments = Interlocked.Read(ref evictedSegments),
        EvictedChunks = Interlocked.Read(ref evictedChunks),
        ReadFailures = Interlocked.Read(ref readFailures),
        ScrubbedBytes = Interlocked.Read(ref scrubbedBytes),
        ScrubPasses = Interlocked.Read(ref scrubPasses),
        ScrubFailures = Interlocked.Read(ref scrubFailures),
        ChecksumFailures = Interlocked.Read(ref checksumFailures),
        RefusedAppends = Interlocked.Read(ref refusedAppends),
    };

    private void Written(int bytes, KeyValuePair<string, object?> log)
    {
        Interlocked.Add(ref writtenBytes, bytes);
        writtenCounter?.Add(bytes, driveTag, log);
    }
}
