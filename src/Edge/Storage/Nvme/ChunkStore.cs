using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// The log-structured store of chunks on one NVMe drive: a FasterLog for the bytes, a journal for the index, and the index in memory. Reads go
/// from the index straight to the segment's file. When the log fails, the store serves what it has and replaces the log in the background.
/// </summary>
internal sealed class ChunkStore : IAsyncDisposable
{
    private const string LockName = "lock";
    private const int LockAttempts = 10;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    /// <summary>How many segments are evicted for one append, beside once around for each lower round of retention, before it is turned away.</summary>
    private const int MaxEvictionsPerAppend = 16;

    /// <summary>After so many evictions for one append, only what is owed survives the next: where all is wanted, room must come from somewhere.</summary>
    private const int MaxSavingEvictions = 2;

    private readonly ChunkLogContext context;
    private readonly Lock evictionGate = new();
    private readonly FileStream directoryLock;
    private readonly SemaphoreSlim slots;
    private readonly CancellationTokenSource stopping = new();
    private ChunkLog? log;
    private Task rebuild = Task.CompletedTask;
    private Task<bool> eviction = Task.FromResult(true);
    private ChunkLog? last;
    private int failedReads;
    private int disposed;

    private ChunkStore(
        ChunkStoreOptions options, ChunkLayout layout, FileStream directoryLock, ChunkStoreMetrics? metrics, Survival? survival, OrganizationUsage? usage, TimeProvider time, ILogger logger)
    {
        this.directoryLock = directoryLock;
        slots = new SemaphoreSlim(options.MaxPendingAppends);
        context = new ChunkLogContext(
            options,
            layout,
            layout.SegmentsWithin(options.CapacityBytes),
            new ChunkIndex(usage),
            new SegmentTable(options.Directory, ChunkLog.Name, layout.SegmentSize),
            survival,
            metrics ?? new ChunkStoreMetrics(null, options.Directory, static () => null),
            time,
            logger);
    }

    /// <summary>Opens the store, with what an earlier process left in the directory.</summary>
    /// <param name="options">Where it is, and its bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Takes what happens.</param>
    /// <param name="metrics">Counters shared with other stores; null: its own, not published.</param>
    /// <param name="survival">Which chunks outlive their segment; null: none.</param>
    /// <param name="cancellationToken">Stops the wait for the directory.</param>
    /// <param name="usage">Where the disk space of chunks is accounted; null: nowhere.</param>
    /// <exception cref="ArgumentException">The options are out of range; the message names every fault.</exception>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    public static async Task<ChunkStore> OpenAsync(
        ChunkStoreOptions options,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        ChunkStoreMetrics? metrics,
        Survival? survival,
        CancellationToken cancellationToken,
        OrganizationUsage? usage = null)
    {
        var faults = options.Validate().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));

        cancellationToken.ThrowIfCancellationRequested();
        var logger = loggerFactory.CreateLogger<ChunkStore>();
        Directory.CreateDirectory(options.Directory);
        var directoryLock = await LockAsync(options.Directory, cancellationToken);
        try
        {
            var store = new ChunkStore(options, LayoutOf(options, logger), directoryLock, metrics, survival, usage, time, logger);
            store.log = await ChunkLog.OpenAsync(store.context, first: true, store.OnFault);
            logger.Opened(store.context.Index.Count, store.context.Segments.Live, store.context.Layout.SegmentSize, store.context.MaxSegments);
            return store;
        }
        catch
        {
            await directoryLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>A snapshot of the counters.</summary>
    public ChunkStoreStatistics Statistics => context.Metrics.AddTo(State);

    /// <summary>What the store holds now; nothing of what it counts since it was opened.</summary>
    public ChunkStoreStatistics State
    {
        get
        {
            var (live, dying) = (context.Segments.Live, context.Segments.Dying);
            var current = Volatile.Read(ref log);
            return new ChunkStoreStatistics
            {
                LiveChunks = context.Index.Count,
                LiveSegments = live,
                DyingSegments = dying,
                DiskBytes = ((live + dying) * context.Layout.SegmentSize) + (current?.JournalBytes ?? 0),
                CapacityBytes = context.Options.CapacityBytes,
                Degraded = current is null,
            };
        }
    }

    /// <summary>Whether an I/O error stopped the log, which is being replaced; what is stored is read on.</summary>
    public bool IsDegraded => Volatile.Read(ref log) is null;

    /// <summary>The reads that ended in an I/O error since the last one that did not.</summary>
    public int FailedReads => Volatile.Read(ref failedReads);

    /// <summary>Whether the directory is still the one that was opened.</summary>
    public bool IsPresent => File.Exists(Path.Combine(context.Options.Directory, LockName));

    /// <summary>Block checksums of chunks that were read lately.</summary>
    internal HeaderCache Headers { get; } = new();

    /// <summary>Whether the chunk is stored. Eviction may take it at any time: only a lease is a claim.</summary>
    public bool Contains(ChunkId id) => context.Index.TryGet(id, out _);

    /// <summary>Whether the log still grows: nothing has to be evicted for the next segments.</summary>
    public bool IsGrowing => context.HasRoom(Reserve + 1);

    private int Reserve => context.Reserve;

    /// <summary>Takes a lease on a stored chunk, without I/O. Whatever the policy, what is read through it is verified.</summary>
    public bool TryGet(ChunkId id, [NotNullWhen(true)] out ChunkLease? lease)
    {
        lease = null;
        return context.Index.TryGet(id, out var location) && TryLease(id, location, verified: 0, out lease);
    }

    /// <summary>Takes a lease on a stored chunk for a reader, whose wanting it counts at its eviction.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="lease">The lease, to be disposed.</param>
    public bool TryGet(ChunkId id, byte reader, [NotNullWhen(true)] out ChunkLease? lease)
    {
        lease = null;
        return context.Index.TryTouch(id, reader, Tick, out var location, out var verified) && TryLease(id, location, verified, out lease);
    }

    /// <summary>
    /// Stores a chunk; true once its bytes are in the file, journalled, and visible to readers; false when the store takes no
    /// appends now (disk full, I/O error, too many leases on evicted segments, being disposed). The payload is the store's until this
    /// completes; a caller that cancels may use it again, and the chunk may be stored all the same.
    /// </summary>
    /// <param name="id">The chunk; nothing happens when it is stored already.</param>
    /// <param name="payload">Its bytes, from 1 to <see cref="ChunkGeometry.PayloadSize"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="touches">How often it was wanted so far.</param>
    /// <param name="organization">The number of whose it is.</param>
    public async ValueTask<bool> AppendAsync(
        ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken, Touches touches = default, ushort organization = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(payload.Length, nameof(payload));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, ChunkGeometry.PayloadSize, nameof(payload));
        ArgumentOutOfRangeException.ThrowIfNegative(id.Index, nameof(id));
        if (Contains(id))
            return true;

        await slots.WaitAsync(cancellationToken);
        AppendRefusal? refusal;
        try
        {
            refusal = await AppendOrEvictAsync(id, payload, organization, touches, cancellationToken);
        }
        finally
        {
            slots.Release();
        }

        if (refusal is { } reason)
            context.Metrics.Refused(reason);
        else if (context.Survival is not null && !context.HasRoom(Reserve))
            _ = EvictAsync(RetentionRound.Wanted); // ahead of need: appends need not wait while survivors are written

        return refusal is null;
    }

    /// <summary>Drops a chunk from the index; its space returns when its segment is evicted.</summary>
    public void Remove(ChunkId id)
    {
        if (context.Index.TryGet(id, out var location) && context.Index.Remove(id, location))
            Volatile.Read(ref log)?.Drop(id, location);
    }

    /// <summary>Drops the oldest chunks of an organization from the index, until <paramref name="bytes"/> of disk space are nobody's.</summary>
    /// <returns>The disk space that was its; it returns when the segments are evicted. After a restart the chunks may be there again.</returns>
    public long Trim(ushort organization, long bytes, Func<StoredChunk, bool> isKept)
    {
        long dropped = 0;
        foreach (var segment in context.Index.SegmentsOf(organization, context.Layout.SegmentSize))
        {
            foreach (var chunk in ChunksOf((int)segment))
            {
                if (dropped >= bytes)
                    return dropped;
                if (chunk.Organization == organization && !isKept(chunk) && context.Index.Remove(chunk.Id, chunk.Location))
                    dropped += chunk.RecordSize;
            }
        }

        return dropped;
    }

    /// <summary>Waits until all that was appended or removed before is in the files. Completes without it while the store is degraded.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref log) is { } current)
            await current.FlushAsync(cancellationToken);
    }

    /// <summary>Flushes and closes the store, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;

        await stopping.CancelAsync();
        await rebuild;
        Task<bool> evicting;
        lock (evictionGate)
            evicting = eviction;
        await evicting;
        if (Interlocked.Exchange(ref log, null) is { } current)
        {
            last = current;
            await current.DisposeAsync();
        }

        context.Segments.Dispose();
        await directoryLock.DisposeAsync();
    }

    /// <summary>Completes when no write of the disposed store can reach the disk any more.</summary>
    public Task WhenQuietAsync() => last?.DrainAsync() ?? Task.CompletedTask;

    /// <summary>Tells leases that a read is to fail: null but in tests.</summary>
    internal Func<bool>? FailRead => context.Options.FailRead;

    /// <summary>Whether a block is verified by the first read only.</summary>
    internal bool VerifiesOnce => context.Options.Checksums == ChecksumPolicy.Once;

    /// <summary>The lowest live segment from <paramref name="first"/> on, or null.</summary>
    internal int? SegmentFrom(int first) => context.Segments.FirstFrom(first);

    /// <summary>The chunks whose records lie in a segment, in the order of the log.</summary>
    internal List<StoredChunk> ChunksOf(int segment) => context.ChunksOf(segment);

    /// <summary>Blocks of a record were found intact.</summary>
    internal void OnVerified(ChunkId id, ChunkLocation location, ulong blocks)
    {
        if (VerifiesOnce)
            context.Index.MarkVerified(id, location, blocks);
    }

    /// <summary>A lease read what was stored.</summary>
    internal void OnRead()
    {
        if (Volatile.Read(ref failedReads) != 0)
            Volatile.Write(ref failedReads, 0);
    }

    /// <summary>A lease met an I/O error. The chunk is dropped only from memory: it may be there again when the drive is.</summary>
    internal void OnReadFailed(ChunkId id, ChunkLocation location, IOException exception)
    {
        Interlocked.Increment(ref failedReads);
        context.Metrics.ReadFailed();
        if (context.Index.Remove(id, location))
            context.Logger.ChunkUnreadable(id, exception.Message);
    }

    /// <summary>A lease found that a chunk's bytes are not what was stored.</summary>
    internal void OnDamaged(ChunkId id, ChunkLocation location)
    {
        context.Metrics.ChecksumFailed();
        if (context.Index.Remove(id, location))
        {
            context.Logger.ChunkDamaged(id);
            Volatile.Read(ref log)?.Drop(id, location);
        }
    }

    private bool TryLease(ChunkId id, ChunkLocation location, ulong verified, [NotNullWhen(true)] out ChunkLease? lease)
    {
        lease = null;

        // Eviction may unlist the segment between the look-up and here; then the chunk is gone.
        var (segmentId, offset) = Math.DivRem(location.Address, context.Layout.SegmentSize);
        if (!context.Segments.TryAcquire((int)segmentId, out var segment))
            return false;

        lease = new ChunkLease(this, segment, id, location, offset + ChunkGeometry.HeaderSize, verified);
        return true;
    }

    private ushort Tick => Touches.TickOf(context.Time.GetElapsedTime(0, context.Time.GetTimestamp()));

    private async ValueTask<AppendRefusal?> AppendOrEvictAsync(
        ChunkId id, ReadOnlyMemory<byte> payload, ushort organization, Touches touches, CancellationToken cancellationToken)
    {
        for (var evictions = 0; ; evictions++)
        {
            if (Volatile.Read(ref disposed) != 0)
                return AppendRefusal.Closing;
            if (Volatile.Read(ref log) is not { } current)
                return AppendRefusal.Degraded;

            var refusal = await current.AppendAsync(id, payload, organization, touches, Reserve, from: null, cancellationToken);
            if (refusal != AppendRefusal.Full || evictions == MaxEvictionsPerAppend + (2 * context.MaxSegments))
                return refusal;
            if (!await EvictAsync(RoundOf(evictions)).WaitAsync(cancellationToken))
                return Volatile.Read(ref log) is null ? AppendRefusal.Degraded : AppendRefusal.Held;
        }
    }

    private RetentionRound RoundOf(int evictions) =>
        evictions < MaxSavingEvictions ? RetentionRound.Wanted
        : evictions < MaxSavingEvictions + context.MaxSegments ? RetentionRound.Floors
        : RetentionRound.Pinned;

    // All appends that need room wait for the same eviction.
    private Task<bool> EvictAsync(RetentionRound round)
    {
        lock (evictionGate)
            return eviction.IsCompleted ? eviction = Task.Run(() => EvictOldestAsync(round)) : eviction;
    }

    private async Task<bool> EvictOldestAsync(RetentionRound round)
    {
        if (context.HasRoom(Reserve) || stopping.IsCancellationRequested)
            return true;
        if (Volatile.Read(ref log) is not { } current || context.Segments.First is not { } oldest || context.Segments.Live < 2)
            return false;

        if (context.Survival is not { } survival)
            return await current.EvictOldestAsync();

        using var judge = survival.Begin(round);
        return await SaveSurvivorsAsync(current, survival, oldest, judge) && await current.EvictOldestAsync();
    }

    // False when the segment can't go, because of what it holds or because the store is being closed.
    private async Task<bool> SaveSurvivorsAsync(ChunkLog current, Survival choice, int segment, SegmentJudge judge)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkGeometry.PayloadSize);
        try
        {
            foreach (var chunk in ChunksOf(segment))
            {
                if (stopping.IsCancellationRequested)
                    return false;

                var fate = judge.FateOf(chunk);
                var bytes = buffer.AsMemory(0, chunk.Location.Length);
                if (fate != Fate.Goes && await ReadAsync(chunk.Id, bytes) && !await SaveAsync(current, choice, chunk, bytes) && fate == Fate.Stays)
                    return false;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Nobody waits for a survivor: an append that is under way ends by the log's own limits of time.
    private async Task<bool> SaveAsync(ChunkLog current, Survival choice, StoredChunk chunk, ReadOnlyMemory<byte> bytes)
    {
        var saved = choice.Destination is { } destination
            ? await destination(chunk, bytes, CancellationToken.None)
            : await current.AppendAsync(chunk.Id, bytes, chunk.Organization, chunk.Touches.Spend(), reserve: 0, chunk.Location, CancellationToken.None) is null;
        if (saved)
            context.Metrics.Rewritten(bytes.Length);
        return saved;
    }

    private async ValueTask<bool> ReadAsync(ChunkId id, Memory<byte> bytes)
    {
        if (!TryGet(id, out var lease))
            return false;

        using (lease)
            return lease.Length == bytes.Length && await lease.ReadAsync(0, bytes, CancellationToken.None);
    }

    // Who held the lock may be about to end, or be a process that was forked and has not yet become another program.
    private static async Task<FileStream> LockAsync(string directory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                await Task.Delay(LockPause, TimeProvider.System, cancellationToken);
            }
        }
    }

    // The layout on disk wins as long as the capacity holds enough of its segments: addresses mean nothing under another one.
    private static ChunkLayout LayoutOf(ChunkStoreOptions options, ILogger logger)
    {
        var wanted = ChunkLayout.For(options.CapacityBytes, options.SegmentSize);
        if (wanted.SegmentsWithin(options.CapacityBytes) < ChunkLayout.MinimumSegments)
            throw new ArgumentException($"The capacity holds fewer than {ChunkLayout.MinimumSegments} segments of {wanted.SegmentSize} bytes.", nameof(options));

        var stored = ChunkLayout.TryLoad(options.Directory);
        if (stored is not null && stored.SegmentsWithin(options.CapacityBytes) >= ChunkLayout.MinimumSegments)
            return stored;

        if (stored is not null || File.Exists(Path.Combine(options.Directory, ChunkJournal.Name + "-commit")))
            logger.StartsEmpty(stored is null ? "its layout file is missing or damaged" : "the capacity is too small for its segment size");

        RecordLog.Delete(options.Directory, ChunkJournal.Name);
        wanted.Save(options.Directory);
        return wanted;
    }

    private void OnFault(ChunkLog failed, Exception exception)
    {
        context.Logger.Degraded(exception);
        last = failed;
        if (Interlocked.CompareExchange(ref log, null, failed) == failed)
            rebuild = Task.Run(() => RebuildAsync(failed));
    }

    private async Task RebuildAsync(ChunkLog failed)
    {
        var delay = context.Options.RebuildDelay;
        try
        {
            // The new log uses the addresses after the last stored chunk: a late write of the old one must not land there.
            await failed.DrainAsync().WaitAsync(stopping.Token);
            await failed.DisposeAsync();
            for (var attempt = 1; attempt <= context.Options.MaxRebuildAttempts; attempt++)
            {
                await Task.Delay(delay, context.Time, stopping.Token);
                try
                {
                    var replacement = await ChunkLog.OpenAsync(context, first: false, OnFault);
                    Volatile.Write(ref log, replacement);
                    context.Logger.Rebuilt(attempt);
                    return;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    context.Logger.RebuildFailed(e, attempt);
                }

                delay = delay * 2 > context.Options.MaxRebuildDelay ? context.Options.MaxRebuildDelay : delay * 2;
            }

            context.Logger.GaveUp(context.Options.MaxRebuildAttempts);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The store is being disposed.
        }
    }
}
