namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The index's history on disk, so that a restart finds the chunks again. It follows the payload: an entry is appended only after what it
/// speaks of is in the file. Used by one caller at a time.
/// </summary>
internal sealed class ChunkJournal : IAsyncDisposable
{
    /// <summary>The name of the journal's files.</summary>
    public const string Name = "journal";

    /// <summary>How many entries per live chunk the journal may hold before it is compacted.</summary>
    private const int CompactionFactor = 4;

    /// <summary>Below this many entries, compaction does not pay.</summary>
    private const int CompactionFloor = 4096;

    private readonly RecordLogOptions options;
    private readonly TimeProvider time;
    private readonly long budget;
    private readonly byte[] buffer = new byte[JournalEntry.Size];
    private RecordLog log;
    private long entries;

    private ChunkJournal(RecordLogOptions options, RecordLog log, long budget, TimeProvider time)
    {
        this.options = options;
        this.log = log;
        this.budget = budget;
        this.time = time;
    }

    /// <summary>Disk space accounted to the journal, in bytes.</summary>
    public long DiskBytes => Volatile.Read(ref log).DiskBytes;

    /// <summary>Whether the journal could be compacted with profit.</summary>
    /// <param name="liveChunks">The number of chunks in the index.</param>
    public bool IsBloated(long liveChunks) =>
        entries > Math.Max(CompactionFloor, CompactionFactor * liveChunks) || (log.DiskBytes > budget / 2 && entries > 2 * liveChunks);

    /// <summary>Opens the journal and tells what it says of the payload log.</summary>
    /// <exception cref="IOException">The journal can be neither recovered nor made anew.</exception>
    public static async Task<(ChunkJournal Journal, JournalReplay Replay)> OpenAsync(RecordLogOptions options, long budget, TimeProvider time)
    {
        var replay = new JournalReplay();
        RecordLog log;
        try
        {
            log = RecordLog.Open(options, time);
            replay.DamagedPlaces += log.Replay(replay.Visit);
        }
        catch (IOException)
        {
            // Its metadata is unreadable: what it knew is lost, and the cache starts empty.
            replay.DamagedPlaces++;
            RecordLog.Delete(options.Directory, options.Name);
            log = RecordLog.Open(options, time);
        }

        var journal = new ChunkJournal(options, log, budget, time) { entries = replay.Entries };
        try
        {
            if (replay.DamagedPlaces > 0)
                await journal.RewriteAsync(replay);
        }
        catch (IOException)
        {
            await journal.DisposeAsync();
            throw;
        }

        return (journal, replay);
    }

    /// <summary>Appends an entry; it is on disk after the next commit.</summary>
    /// <exception cref="IOException">The journal has failed.</exception>
    public async ValueTask AppendAsync(JournalEntry entry)
    {
        entry.Write(buffer);
        await log.AppendAsync(buffer, CancellationToken.None);
        entries++;
    }

    /// <summary>Brings all appended entries to the file.</summary>
    /// <exception cref="IOException">The journal has failed.</exception>
    public ValueTask CommitAsync() => log.CommitAsync(CancellationToken.None);

    /// <summary>Writes what is live once more at the end, and then gives up all before it. A crash between leaves both, which says the same.</summary>
    /// <exception cref="IOException">The journal has failed.</exception>
    public async ValueTask CompactAsync(long begin, IEnumerable<JournalEntry> live)
    {
        JournalEntry.Begin(begin).Write(buffer);
        var start = await log.AppendAsync(buffer, CancellationToken.None);
        entries = 1;
        foreach (var entry in live)
            await AppendAsync(entry);

        await CommitAsync();
        log.TruncateUntil(start);
        await CommitAsync();
    }

    /// <summary>Refuses new I/O, and completes when none is under way.</summary>
    public Task DrainAsync() => log.DrainAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => log.DisposeAsync();

    // A damaged journal is not appended to: whatever broke its pages might hide what follows.
    private async Task RewriteAsync(JournalReplay replay)
    {
        await log.DisposeAsync();
        RecordLog.Delete(options.Directory, options.Name);
        log = RecordLog.Open(options, time);
        await CompactAsync(replay.Begin, replay.Live);
    }
}
