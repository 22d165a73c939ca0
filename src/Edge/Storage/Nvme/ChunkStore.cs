using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;

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

    private readonly ChunkLogContext context;
    private readonly FileStream directoryLock;
    private readonly SemaphoreSlim slots;
    private readonly CancellationTokenSource stopping = new();
    private ChunkLog? log;
    private Task rebuild = Task.CompletedTask;
    private int disposed;

    private ChunkStore(ChunkStoreOptions options, ChunkLayout layout, FileStream directoryLock, TimeProvider time, ILogger logger, IMeterFactory? meterFactory)
    {
        this.directoryLock = directoryLock;
        slots = new SemaphoreSlim(options.MaxPendingAppends);
        var metrics = new ChunkStoreMetrics(meterFactory, () => Volatile.Read(ref disposed) == 0 ? Statistics : null);
        context = new ChunkLogContext(
            options,
            layout,
            layout.SegmentsWithin(options.CapacityBytes),
            new ChunkIndex(),
            new SegmentTable(options.Directory, ChunkLog.Name, layout.SegmentSize),
            metrics,
            time,
            logger);
    }

    /// <summary>Opens the store, with what an earlier process left in the directory.</summary>
    /// <exception cref="ArgumentException">The options are out of range; the message names every fault.</exception>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    public static async Task<ChunkStore> OpenAsync(
        ChunkStoreOptions options, TimeProvider time, ILoggerFactory loggerFactory, IMeterFactory? meterFactory, CancellationToken cancellationToken)
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
            var store = new ChunkStore(options, LayoutOf(options, logger), directoryLock, time, logger, meterFactory);
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
    public ChunkStoreStatistics Statistics
    {
        get
        {
            var (live, dying) = (context.Segments.Live, context.Segments.Dying);
            var current = Volatile.Read(ref log);
            return context.Metrics.AddTo(new ChunkStoreStatistics
            {
                LiveChunks = context.Index.Count,
                LiveSegments = live,
                DyingSegments = dying,
                DiskBytes = ((live + dying) * context.Layout.SegmentSize) + (current?.JournalBytes ?? 0),
                CapacityBytes = context.Options.CapacityBytes,
                Degraded = current is null,
            });
        }
    }

    /// <summary>Block checksums of chunks that were read lately.</summary>
    internal HeaderCache Headers { get; } = new();

    /// <summary>Whether the chunk is stored. Eviction may take it at any time: only a lease is a claim.</summary>
    public bool Contains(ChunkId id) => context.Index.TryGet(id, out _);

    /// <summary>Takes a lease on a stored chunk, without I/O.</summary>
    public bool TryGet(ChunkId id, [NotNullWhen(true)] out ChunkLease? lease)
    {
        lease = null;
        if (!context.Index.TryGet(id, out var location))
            return false;

        // Eviction may unlist the segment between the look-up and here; then the chunk is gone.
        var (segmentId, offset) = Math.DivRem(location.Address, context.Layout.SegmentSize);
        if (!context.Segments.TryAcquire((int)segmentId, out var segment))
            return false;

        lease = new ChunkLease(this, segment, id, location, offset + ChunkGeometry.HeaderSize);
        return true;
    }

    /// <summary>
    /// Stores a chunk; true once its bytes are in the file, journalled, and visible to <see cref="TryGet"/>; false when the store takes no
    /// appends now (disk full, I/O error, too many leases on evicted segments, being disposed). The payload is the store's until this
    /// completes; a caller that cancels may use it again, and the chunk may be stored all the same.
    /// </summary>
    /// <param name="id">The chunk; nothing happens when it is stored already.</param>
    /// <param name="payload">Its bytes, from 1 to <see cref="ChunkGeometry.PayloadSize"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<bool> AppendAsync(ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
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
            var current = Volatile.Read(ref log);
            refusal = Volatile.Read(ref disposed) != 0 ? AppendRefusal.Closing
                : current is null ? AppendRefusal.Degraded
                : await current.AppendAsync(id, payload, cancellationToken);
        }
        finally
        {
            slots.Release();
        }

        if (refusal is { } reason)
            context.Metrics.Refused(reason);

        return refusal is null;
    }

    /// <summary>Drops a chunk from the index; its space returns when its segment is evicted.</summary>
    public void Remove(ChunkId id)
    {
        if (context.Index.TryGet(id, out var location) && context.Index.Remove(id, location))
            Volatile.Read(ref log)?.Drop(id, location);
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
        if (Interlocked.Exchange(ref log, null) is { } current)
            await current.DisposeAsync();

        context.Segments.Dispose();
        await directoryLock.DisposeAsync();
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
