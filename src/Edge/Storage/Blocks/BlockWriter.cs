using System.Threading.Channels;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>
/// The writing half of the block store: one worker, which gathers what waits into batches and brings each to the file with one write, so that a
/// block is visible, and survives the process, as soon as the write that was under way and its own have ended; nothing waits for a page to fill.
/// It also evicts, so that everything that changes the files happens in one order. A write that fails closes its segment; after a pause the next
/// one is tried in a new segment.
/// </summary>
internal sealed class BlockWriter : IAsyncDisposable
{
    /// <summary>Records that may wait for the worker; whoever brings more waits before it is taken.</summary>
    private const int MaxPending = 1024;

    /// <summary>The largest write, in bytes: what is copied at once while others wait.</summary>
    private const int BatchSize = 1 << 20;

    /// <summary>After so many new segments for one record, only what is owed survives the eviction of the oldest.</summary>
    private const int MaxRolls = 2;

    private readonly BlockStoreContext _context;
    private readonly BlockEviction _eviction;
    private readonly Channel<BlockWrite> _writes = Channel.CreateBounded<BlockWrite>(new BoundedChannelOptions(MaxPending) { SingleReader = true });
    private readonly byte[] _buffer = new byte[BatchSize];
    private readonly List<BlockWrite> _batch = [];
    private readonly Task _worker;
    private ActiveSegment? _active;
    private int _batched;
    private int _next;
    private long _pausedUntil;
    private volatile bool _late;

    /// <summary>Starts the worker.</summary>
    /// <param name="context">What it works on.</param>
    /// <param name="newest">The segment to write on in; null: a new one.</param>
    /// <param name="next">The number of the next segment.</param>
    public BlockWriter(BlockStoreContext context, ActiveSegment? newest, int next)
    {
        (_context, _active, _next) = (context, newest, next);
        _eviction = new BlockEviction(context);
        _worker = Task.Run(RunAsync);
    }

    /// <summary>Whether nothing is taken: the device or the file system refused a moment ago, or does not answer.</summary>
    public bool IsPaused => _late || _context.Time.GetTimestamp() < Volatile.Read(ref _pausedUntil);

    /// <summary>Completes when no write can reach the disk any more; call it once disposed.</summary>
    public Task WhenQuietAsync() => _worker;

    /// <summary>Hands records over; true once all of them are in the file and in the index. Their payloads are the writer's until then.</summary>
    /// <param name="writes">The records.</param>
    /// <param name="completion">Ends with them.</param>
    /// <param name="cancellationToken">Stops the wait for being taken, not that for the write.</param>
    public async ValueTask<bool> WriteAsync(IReadOnlyList<BlockWrite> writes, BlockCompletion completion, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_context.Options.WriteTimeout, _context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var taken = 0;
        try
        {
            for (; taken < writes.Count; taken++)
                await _writes.Writer.WriteAsync(writes[taken], linked.Token);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            for (; taken < writes.Count; taken++)
                writes[taken].End(written: false);
        }

        try
        {
            var written = await completion.Task.WaitAsync(_context.Options.WriteTimeout, _context.Time, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return written;
        }
        catch (TimeoutException)
        {
            // If the payload is read nevertheless, when it is something else, its checksum tells.
            _late = true;
            return false;
        }
    }

    /// <summary>Writes what was handed over, and closes the files, in bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        try
        {
            await _worker.WaitAsync(_context.Options.WriteTimeout, _context.Time);
        }
        catch (TimeoutException)
        {
            // A device that does not answer: its file stays open until it does.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _writes.Reader.WaitToReadAsync())
            {
                while (_writes.Reader.TryRead(out var write))
                    await AddAsync(write);

                await FlushAsync();
            }

            CloseActive();
        }
        catch (Exception e)
        {
            _context.Logger.BlocksStopped(e);
        }
        finally
        {
            _late = true;
            _writes.Writer.TryComplete();
            while (_writes.Reader.TryRead(out var write))
                Refuse(write);

            FailBatch();
            _active?.Dispose();
        }
    }

    private async ValueTask AddAsync(BlockWrite write)
    {
        for (var rolls = 0; _active?.Fits(_batched, _batch.Count, write.RecordSize) != true; rolls++)
        {
            await FlushAsync();
            if (rolls > MaxRolls + (2 * _context.MaxSegments) || !await RollAsync(RoundOf(rolls)))
            {
                Refuse(write);
                return;
            }
        }

        if (_batched + write.RecordSize > BatchSize)
        {
            await FlushAsync();
            if (_active is null)
            {
                Refuse(write);
                return;
            }
        }

        Copy(write, _active);
    }

    private void Copy(BlockWrite write, ActiveSegment active)
    {
        write.Location = new BlockLocation(active.Head.Segment, active.End + _batched, write.Payload.Length);
        var bytes = _buffer.AsSpan(_batched, write.RecordSize);
        new BlockRecord(write.Kind, write.Key, write.Location, write.Organization, write.PayloadChecksum).WriteHeader(bytes, _context.Seed);
        write.Payload.Span.CopyTo(bytes[BlockRecord.HeaderSize..]);
        bytes[(BlockRecord.HeaderSize + write.Payload.Length)..].Clear();
        _batched += write.RecordSize;
        _batch.Add(write);
    }

    private async ValueTask FlushAsync()
    {
        if (_batch.Count == 0)
            return;

        try
        {
            await WriteAsync(_active!, _buffer.AsMemory(0, _batched), _active!.End);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            FailBatch();
            Pause(e.Message);
            CloseActive();
            _late = false;
            return;
        }

        _active.End += _batched;
        foreach (var write in _batch)
            Publish(write, _active);

        _batch.Clear();
        _batched = 0;
        _late = false;
    }

    // First the file, then the index, then whoever waits.
    private void Publish(BlockWrite write, ActiveSegment active)
    {
        active.Entries.Add(new BlockEntry(write.Hash, write.Kind, write.Location, write.Organization));
        if (write.Kind == BlockRecordKind.Stored)
        {
            var block = new StoredBlock(write.Location, write.Organization, write.Touches);
            _context.Metrics.Appended(write.Payload.Length);
            if (write.From is not { } from)
                _context.Index.Set(write.Hash, block);
            else if (_context.Index.TryMove(write.Hash, from, block))
                _context.Metrics.Rewritten(write.Payload.Length);
        }

        write.End(written: true);
    }

    private void FailBatch()
    {
        foreach (var write in _batch)
            Refuse(write);

        _batch.Clear();
        _batched = 0;
    }

    private void Refuse(BlockWrite write)
    {
        if (write is { Kind: BlockRecordKind.Stored, From: null })
            _context.Metrics.Refused();

        write.End(written: false);
    }

    private RetentionRound RoundOf(int rolls) =>
        rolls < MaxRolls ? RetentionRound.Wanted
        : rolls < MaxRolls + _context.MaxSegments ? RetentionRound.Floors
        : RetentionRound.Pinned;

    // Goes on in a new segment; false when there can be none now.
    private async ValueTask<bool> RollAsync(RetentionRound round)
    {
        CloseActive();
        if (_context.Time.GetTimestamp() < _pausedUntil)
            return false;

        try
        {
            // Room is kept for one segment. There is none after the capacity has shrunk, and while evicted segments are still being read.
            while (_context.IsFull && _eviction.DropOldest())
            {
            }

            if (!_context.HasRoom(0))
                return false;

            _active = await CreateAsync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else filled the disk: give up one segment of our own for the next attempt.
            if (SegmentTable.MeansNoSpace(e) && !_eviction.HoldsPinned())
                _eviction.DropOldest();
            Pause(e.Message);
            return false;
        }

        while (_active is not null && _context.IsFull && await EvictAsync(_active, round))
        {
        }

        return _active is not null;
    }

    private async ValueTask<ActiveSegment> CreateAsync()
    {
        var id = _next++;
        var segments = _context.Segments;
        segments.Create(id);
        if (!segments.TryAcquire(id, out var file))
            throw new IOException($"Segment {id} is gone.");

        var active = new ActiveSegment(file, new SegmentHead(id, _context.Seed, segments.SegmentSize), [], SegmentHead.Size);
        try
        {
            var head = new byte[SegmentHead.Size];
            active.Head.Write(head);
            await WriteAsync(active, head, 0);
            return active;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            active.Dispose();
            segments.Retire(id);
            throw;
        }
    }

    // The survivors of the oldest segment go to the new one; half of it stays free of what was merely wanted.
    private async ValueTask<bool> EvictAsync(ActiveSegment active, RetentionRound round)
    {
        if (!_eviction.Open(active.Head.Segment))
            return false;

        var pinned = false;
        while (_eviction.NextSurvivor(round, active.End + _batched < active.Head.SegmentSize / 2) is { } survivor)
        {
            pinned |= survivor.MustStay;
            if (_batched + survivor.RecordSize > BatchSize)
                await FlushAsync();
            if (_active != active)
                break;

            if (active.Fits(_batched, _batch.Count, survivor.RecordSize))
                Copy(survivor, active);
        }

        await FlushAsync();
        if (_active != active && pinned)
        {
            _eviction.Leave();
            return false;
        }

        _eviction.Drop();
        return true;
    }

    private void CloseActive()
    {
        if (_active is not { } active)
            return;

        _active = null;
        try
        {
            SegmentSummary.Write(active.File.Handle, active.Head, active.Entries, active.End);
        }
        catch (IOException)
        {
            // Then the next start reads its records.
        }

        active.Dispose();
    }

    private async ValueTask WriteAsync(ActiveSegment active, ReadOnlyMemory<byte> bytes, long position)
    {
        await (_context.Options.Write is { } write ? write(active.File.Handle, bytes, position) : RandomAccess.WriteAsync(active.File.Handle, bytes, position));
        _context.Metrics.Written(bytes.Length);
    }

    private void Pause(string reason)
    {
        _context.Logger.BlocksRefused(reason);
        Volatile.Write(ref _pausedUntil, _context.Time.GetTimestamp() + (long)(_context.Options.RetryPause.TotalSeconds * _context.Time.TimestampFrequency));
    }
}
