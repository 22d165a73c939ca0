using System.Buffers;
using System.Threading.Channels;
using EdgeCache.Edge.Storage.Eviction;
using FASTER.core;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>What a chunk log works on; it outlives the log, so that a failed log can be replaced.</summary>
internal sealed record ChunkLogContext(
    ChunkStoreOptions Options,
    ChunkLayout Layout,
    int MaxSegments,
    ChunkIndex Index,
    SegmentTable Segments,
    Survival? Survival,
    ChunkStoreMetrics Metrics,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>Room that is kept for what survives, in segments: it is written again before its own segment goes.</summary>
    public int Reserve => Survival is null ? 0 : 1;

    /// <summary>The chunks whose records lie in a segment, in the order of the log.</summary>
    public List<StoredChunk> ChunksOf(int segment)
    {
        var begin = segment * Layout.SegmentSize;
        var end = begin + Layout.SegmentSize;
        var chunks = Index.Where(location => location.Address >= begin && location.Address < end);
        chunks.Sort(static (a, b) => a.Location.Address.CompareTo(b.Location.Address));
        return chunks;
    }

    /// <summary>Whether one more segment fits into the capacity, with <paramref name="reserve"/> more to spare.</summary>
    public bool HasRoom(int reserve) => Segments.Live + Segments.Dying + 1 + reserve <= MaxSegments;
}

/// <summary>
/// The writing half of the store: a FasterLog for the payload and the journal beside it. Appends are copied into the log one at a time, in
/// address order; one worker then flushes, journals and publishes them in batches, and does evictions in between, so that everything that
/// changes the index on disk happens in one order. The first I/O error is final: all waiting appends fail, and the log is replaced.
/// </summary>
internal sealed class ChunkLog : IAsyncDisposable
{
    /// <summary>The name of the payload's files.</summary>
    public const string Name = "chunks";

    /// <summary>Commands that may wait for the worker: every append, and tombstones. A tombstone that finds no room is not needed for safety.</summary>
    private const int MaxCommands = 1024;

    /// <summary>Commands that share one flush and one journal commit.</summary>
    private const int MaxBatch = 256;

    /// <summary>
    /// The largest page, two full records. Pages are resident from when the tail comes near them, so an idle edge holds two or three of them per drive.
    /// </summary>
    private const int MaxPageSize = 8 << 20;

    /// <summary>Pages that may wait for the disk.</summary>
    private const long PagesInMemory = 8;

    private readonly ChunkLogContext context;
    private readonly SegmentDevice device;
    private readonly FasterLog payload;
    private readonly ChunkJournal journal;
    private readonly int pageSize;
    private readonly Action<ChunkLog, Exception> faulted;
    private readonly Channel<Command> commands = Channel.CreateBounded<Command>(new BoundedChannelOptions(MaxCommands) { SingleReader = true });
    private readonly SemaphoreSlim appendGate = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task worker;
    private long begin;
    private long segmentsRefusedUntil;
    private AppendRefusal lastRefusal;
    private volatile bool closed;

    private ChunkLog(
        ChunkLogContext context, SegmentDevice device, FasterLog payload, ChunkJournal journal, int pageSize, long begin, Action<ChunkLog, Exception> faulted)
    {
        this.context = context;
        this.device = device;
        this.payload = payload;
        this.journal = journal;
        this.pageSize = pageSize;
        this.begin = begin;
        this.faulted = faulted;
        worker = Task.Run(RunAsync);
    }

    /// <summary>The journal's share of the disk, in bytes.</summary>
    public long JournalBytes => journal.DiskBytes;

    /// <summary>Opens the logs; fills the index and the segment table when they are empty, and otherwise continues behind them.</summary>
    /// <exception cref="IOException">The files cannot be opened.</exception>
    public static async Task<ChunkLog> OpenAsync(ChunkLogContext context, bool first, Action<ChunkLog, Exception> faulted)
    {
        var (options, layout) = (context.Options, context.Layout);
        var (journal, replay) = await ChunkJournal.OpenAsync(
            new RecordLogOptions
            {
                Directory = options.Directory,
                Name = ChunkJournal.Name,
                PageSize = layout.JournalPageSize,
                SegmentSize = layout.JournalSegmentSize,
                Sync = options.Durability == Durability.Synced,
                CommitTimeout = options.FlushTimeout,
                Written = context.Metrics.JournalWritten,
                WrapDevice = options.WrapDevice is { } wrapJournal ? inner => wrapJournal(ChunkJournal.Name, inner) : null,
            },
            ChunkLayout.JournalBudget(options.CapacityBytes),
            context.Time);
        try
        {
            if (replay.DamagedPlaces > 0)
                context.Logger.JournalDamaged(replay.DamagedPlaces);

            var pageSize = (int)Math.Min(layout.SegmentSize, options.PageSize ?? Math.Clamp(layout.SegmentSize / 4, ChunkGeometry.RecordSize, MaxPageSize));
            var (begin, end) = first ? ChunkRecovery.Load(context, replay) : ChunkRecovery.Resume(context, replay);
            var device = new SegmentDevice(context.Segments, Path.Combine(options.Directory, Name), context.Metrics.PayloadWritten);
            var payload = new FasterLog(new FasterLogSettings
            {
                LogDevice = options.WrapDevice?.Invoke(Name, device) ?? device,
                LogCommitManager = new NoCommitManager(),
                PageSize = pageSize,
                MemorySize = Math.Max(options.MemorySize ?? PagesInMemory * pageSize, 2L * pageSize),
                SegmentSize = layout.SegmentSize,
                TryRecoverLatest = false,
            });
            payload.Initialize(begin, RoundUp(end, pageSize));
            return new ChunkLog(context, device, payload, journal, pageSize, begin, faulted);
        }
        catch (Exception e) when (e is FasterException or IOException)
        {
            await journal.DisposeAsync();
            throw e as IOException ?? new IOException(e.Message, e);
        }
    }

    /// <summary>Appends a chunk; null once it is stored, otherwise why it was turned away.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="organization">The number of whose it is.</param>
    /// <param name="touches">How often it was wanted so far.</param>
    /// <param name="reserve">So many segments must stay free beside a new one.</param>
    /// <param name="from">Where the chunk is now, when its record is rewritten: it counts only if it is still there.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<AppendRefusal?> AppendAsync(
        ChunkId id, ReadOnlyMemory<byte> bytes, ushort organization, Touches touches, int reserve, ChunkLocation? from, CancellationToken cancellationToken)
    {
        var header = ArrayPool<byte>.Shared.Rent(ChunkGeometry.HeaderSize);
        Command? command = null;
        try
        {
            // The checksums are taken here, where appends run in parallel, rather than in the log's page, where they do not.
            ChunkRecord.WriteHeader(header, id, bytes.Span);
            await appendGate.WaitAsync(cancellationToken);
            try
            {
                if (closed)
                    return AppendRefusal.Degraded;

                var size = ChunkGeometry.RecordSizeOf(bytes.Length);
                var segment = (int)(NextAddress(size) / context.Layout.SegmentSize);
                if (await MakeRoomAsync(segment, reserve) is { } refusal)
                    return refusal;

                var address = await EnqueueAsync(new ChunkRecord.Entry(header, bytes), cancellationToken);
                if (address is null)
                    return AppendRefusal.Degraded;

                command = new Command(CommandKind.Publish, id, new ChunkLocation(address.Value, bytes.Length)) 
                {
                    Organization = organization,
                    Touches = touches,
                    From = from,
                };
                if (!commands.Writer.TryWrite(command))
                    return AppendRefusal.Degraded;
            }
            finally
            {
                appendGate.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(header);
        }

        // From here on the bytes are the log's: a caller that leaves stops waiting, and the chunk is stored all the same.
        return await command.Completion.Task.WaitAsync(cancellationToken) ? null : AppendRefusal.Degraded;
    }

    /// <summary>Notes in the journal that a record no longer counts. Without effect when the worker is far behind: a damaged record is found again.</summary>
    public void Drop(ChunkId id, ChunkLocation location) => commands.Writer.TryWrite(new Command(CommandKind.Drop, id, location));

    /// <summary>Drops the oldest segment with all that is in it; false when there is none to spare, or the log failed.</summary>
    public async ValueTask<bool> EvictOldestAsync() => context.Segments.Live > 1 && await EvictOldestAsync(int.MaxValue);

    /// <summary>Completes when all that was asked before is on disk; false when the log failed.</summary>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        var barrier = new Command(CommandKind.Barrier, default, default);
        try
        {
            await commands.Writer.WriteAsync(barrier, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return false;
        }

        return await barrier.Completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when no write of this log can reach the disk any more. Only then may another log use the same addresses.</summary>
    public async Task DrainAsync()
    {
        closed = true;
        commands.Writer.TryComplete();
        await worker;
        await device.DrainAsync();
        await journal.DrainAsync();
    }

    /// <summary>Finishes what was begun and closes the log; the segment table stays.</summary>
    public async ValueTask DisposeAsync()
    {
        var closing = Task.Run(async () =>
        {
            await DrainAsync();
            payload.Dispose();
        });
        try
        {
            await closing.WaitAsync(context.Options.FlushTimeout, context.Time);
        }
        catch (TimeoutException)
        {
            // A device that does not answer: its memory stays allocated until it does.
        }

        await journal.DisposeAsync();
    }

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;

    // Where FASTER will put a record of this size: appends are serial, and a record does not cross a page.
    private long NextAddress(int size)
    {
        var tail = payload.TailAddress;
        return (tail % pageSize) + size > pageSize ? RoundUp(tail, pageSize) : tail;
    }

    private async ValueTask<long?> EnqueueAsync(ChunkRecord.Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            return payload.TryEnqueue(entry, out var address) ? address : await WaitForMemoryAsync();
        }
        catch (FasterException)
        {
            // The worker meets the same error and replaces the log.
            return null;
        }

        async ValueTask<long?> WaitForMemoryAsync()
        {
            using var timeout = new CancellationTokenSource(context.Options.FlushTimeout, context.Time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping.Token, cancellationToken);
            try
            {
                return await payload.EnqueueAsync(entry, linked.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    // Runs under the append gate, before the log's tail moves into the segment: so the files never exceed the capacity.
    private async ValueTask<AppendRefusal?> MakeRoomAsync(int segment, int reserve)
    {
        var segments = context.Segments;
        if (segments.Contains(segment))
        {
            // Survivors took the room that is kept for them: what is new waits until their segment has gone.
            return reserve == 0 || segments.Live + reserve <= context.MaxSegments ? null : AppendRefusal.Full;
        }

        if (context.Time.GetTimestamp() < segmentsRefusedUntil)
            return lastRefusal;

        if (!context.HasRoom(reserve))
        {
            // A quarter of the segments may be held by slow readers; beyond that the cache would melt away for them.
            return segments.Dying > context.MaxSegments / 4 ? AppendRefusal.Held : AppendRefusal.Full;
        }

        var fault = TryCreate(segment);
        if (fault is not null && SegmentTable.MeansNoSpace(fault) && segments.Live > 1)
        {
            // Somebody else filled the disk: give one segment of our own up for this one, if it is to spare. For want of anything but space that would not help.
            if (!HoldsPinned() && await EvictOldestAsync(segment))
                fault = TryCreate(segment);
        }

        if (fault is null)
            return null;

        segmentsRefusedUntil = context.Time.GetTimestamp() + (long)(context.Options.DiskFullPause.TotalSeconds * context.Time.TimestampFrequency);
        return lastRefusal = SegmentTable.MeansNoSpace(fault) ? AppendRefusal.DiskFull : AppendRefusal.NoSegment;
    }

    private Exception? TryCreate(int segment)
    {
        try
        {
            context.Segments.Create(segment);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Logger.SegmentRefused(e.Message);
            return e;
        }
    }

    private bool HoldsPinned()
    {
        using var judge = context.Survival?.Begin(RetentionRound.Pinned);
        return judge is not null && context.Segments.First is { } oldest && context.ChunksOf(oldest).Exists(chunk => judge.FateOf(chunk) == Fate.Stays);
    }

    private async ValueTask<bool> EvictOldestAsync(int next)
    {
        if (context.Segments.First is not { } oldest || oldest >= next)
            return false;

        var evict = new Command(CommandKind.Evict, default, new ChunkLocation((oldest + 1) * context.Layout.SegmentSize, 0));
        return commands.Writer.TryWrite(evict) && await evict.Completion.Task;
    }

    private async Task RunAsync()
    {
        var batch = new List<Command>(MaxBatch);
        Exception? fault = null;
        try
        {
            while (await commands.Reader.WaitToReadAsync())
            {
                batch.Clear();
                while (batch.Count < MaxBatch && commands.Reader.TryRead(out var command))
                    batch.Add(command);

                await ApplyAsync(batch);
            }
        }
        catch (Exception e)
        {
            // Whatever it is, this log can no longer tell what is on disk; the one that replaces it reads it afresh.
            fault = e;
        }
        finally
        {
            closed = true;
            commands.Writer.TryComplete();
            await stopping.CancelAsync();
            foreach (var command in batch)
                command.Completion.TrySetResult(false);
            while (commands.Reader.TryRead(out var command))
                command.Completion.TrySetResult(false);
        }

        if (fault is not null)
            faulted(this, fault);
    }

    // Payload first, then the journal, then the index: what the index or the journal names is in the file.
    private async Task ApplyAsync(List<Command> batch)
    {
        var end = batch.Where(command => command.Kind == CommandKind.Publish).Select(command => command.Location.End).DefaultIfEmpty().Max();
        if (end > 0)
            await FlushPayloadAsync(batch, end);

        var evictedChunks = 0;
        var journalled = false;
        foreach (var command in batch)
        {
            switch (command.Kind)
            {
                case CommandKind.Publish:
                    await journal.AppendAsync(new JournalEntry(JournalEntryKind.Stored, command.Id, command.Location, command.Organization));
                    break;
                case CommandKind.Drop:
                    await journal.AppendAsync(new JournalEntry(JournalEntryKind.Dropped, command.Id, command.Location));
                    break;
                case CommandKind.Evict:
                    begin = command.Location.Address;
                    evictedChunks += context.Index.RemoveWhere(location => location.Address < begin);
                    await journal.AppendAsync(JournalEntry.Begin(begin));
                    break;
                case CommandKind.Barrier:
                    continue;
            }

            journalled = true;
        }

        if (journalled)
            await journal.CommitAsync();

        foreach (var command in batch)
        {
            switch (command.Kind)
            {
                case CommandKind.Publish:
                    Publish(command);
                    break;
                case CommandKind.Evict:
                    Retire(command.Location.Address, evictedChunks);
                    evictedChunks = 0;
                    break;
                case CommandKind.Drop:
                case CommandKind.Barrier:
                    break;
            }

            command.Completion.TrySetResult(true);
        }

        if (journalled && journal.IsBloated(context.Index.Count))
            await journal.CompactAsync(begin, context.Index.Snapshot());
    }

    private void Publish(Command command)
    {
        context.Metrics.Appended(command.Location.Length);
        if (command.From is not { } from)
            context.Index.Set(command.Id, command.Location, command.Touches, command.Organization);
        else if (!context.Index.TryMove(command.Id, from, command.Location, command.Touches))
            Drop(command.Id, command.Location);
    }

    private async Task FlushPayloadAsync(List<Command> batch, long end)
    {
        using var timeout = new CancellationTokenSource(context.Options.FlushTimeout, context.Time);
        payload.Commit();
        await payload.WaitForCommitAsync(end, token: timeout.Token);
        if (context.Options.Durability == Durability.Synced)
        {
            var touched = batch.Where(command => command.Kind == CommandKind.Publish).Select(command => SegmentOf(command.Location.Address)).Distinct();
            foreach (var segment in touched)
                context.Segments.Sync(segment);
        }
    }

    private int SegmentOf(long address) => (int)(address / context.Layout.SegmentSize);

    private void Retire(long newBegin, int chunks)
    {
        var segment = SegmentOf(newBegin) - 1;
        if (!context.Segments.Retire(segment))
            context.Logger.UnlinkFailed(segment);

        payload.UnsafeShiftBeginAddress(newBegin, truncateLog: true);
        context.Metrics.Evicted(chunks);
        context.Logger.Evicted(segment, chunks);
    }

    private enum CommandKind
    {
        Publish,
        Drop,
        Evict,
        Barrier,
    }

    private sealed record Command(CommandKind Kind, ChunkId Id, ChunkLocation Location)
    {
        public ushort Organization { get; init; }

        public Touches Touches { get; init; }

        public ChunkLocation? From { get; init; }

        public TaskCompletionSource<bool> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
