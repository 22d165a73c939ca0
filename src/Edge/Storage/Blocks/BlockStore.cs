using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>
/// The store of what is too small for a chunk of its own: objects of up to 64 KiB, and single blocks of chunks of which only small ranges were
/// wanted. Records are packed into segments one behind the other; docs/formats/block-store.md. First in, first out by segment; touched blocks
/// are written again before their segment goes, as far as they fill no more than half a new one.
/// </summary>
internal sealed class BlockStore : IAsyncDisposable
{
    private readonly BlockStoreContext _context;
    private readonly BlockWriter _writer;
    private int _failedReads;

    private BlockStore(BlockStoreContext context, BlockWriter writer) => (_context, _writer) = (context, writer);

    /// <summary>What the store holds now; nothing of what it counts since it was opened.</summary>
    public BlockStoreStatistics State => new()
    {
        LiveBlocks = _context.Index.Count,
        LiveBytes = _context.Index.Bytes,
        DiskBytes = (_context.Segments.Live + _context.Segments.Dying) * _context.Segments.SegmentSize,
        CapacityBytes = _context.Options.CapacityBytes,
    };

    /// <summary>The reads that ended in an I/O error since the last one that did not.</summary>
    public int FailedReads => Volatile.Read(ref _failedReads);

    /// <summary>Opens the store, with what an earlier process left in the directory; the caller has locked it.</summary>
    /// <param name="options">Where it is, and its bounds.</param>
    /// <param name="retention">What is admitted, and what is written again.</param>
    /// <param name="metrics">Counters, shared with other stores perhaps.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Takes what happens.</param>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public static BlockStore Open(BlockStoreOptions options, Retention retention, BlockStoreMetrics metrics, TimeProvider time, ILoggerFactory loggerFactory)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CapacityBytes, BlockStoreOptions.MinimumCapacity, nameof(options));
        Directory.CreateDirectory(options.Directory);
        var (segmentSize, seed) = BlockRecovery.LayoutOf(options);
        var segments = new SegmentTable(options.Directory, BlockStoreContext.FileName, segmentSize);
        var context = new BlockStoreContext(options, segments, seed, new BlockIndex(retention.Shares.Usage), retention, metrics, time, loggerFactory.CreateLogger<BlockStore>());
        try
        {
            var (newest, next) = BlockRecovery.Load(context);
            context.Logger.BlocksOpened(context.Index.Count, segments.Live, segmentSize, context.MaxSegments);
            return new BlockStore(context, new BlockWriter(context, newest, next));
        }
        catch
        {
            segments.Dispose();
            throw;
        }
    }

    /// <summary>Whether the block is stored. Eviction may take it at any time.</summary>
    public bool Contains(BlockKey key) => _context.Index.TryGet(key.Hash, out _);

    /// <summary>The length of the block if it is stored, or 0.</summary>
    public int LengthOf(BlockKey key) => _context.Index.TryGet(key.Hash, out var block) ? block.Location.Length : 0;

    /// <summary>Why the first block of a chunk is not stored: for an object of one block, why it is not.</summary>
    public Absence WhyAbsent(ChunkId chunk) => _context.Retention.Policy.WhyAbsent(new BlockKey(chunk, 0).Hash);

    /// <summary>Reads and verifies a block.</summary>
    /// <param name="key">The block.</param>
    /// <param name="reader">A hash of who reads; its wanting it counts at the block's eviction.</param>
    /// <param name="destination">Takes the block, from its first byte on; at least as long.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    /// <returns>The block's length; -1 when it is not stored, or was damaged and is dropped.</returns>
    public ValueTask<int> ReadAsync(BlockKey key, byte reader, Memory<byte> destination, CancellationToken cancellationToken) =>
        TryRead(key, key.Hash, reader, destination, out var reading, cancellationToken) ? reading : ValueTask.FromResult(-1);

    /// <summary>Begins to read a block as <see cref="ReadAsync(BlockKey, byte, Memory{byte}, CancellationToken)"/> does; false when it is not stored.</summary>
    /// <param name="key">The block.</param>
    /// <param name="hash">Its <see cref="BlockKey.Hash"/>.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="destination">Takes the block.</param>
    /// <param name="reading">Its length, or -1 when it was damaged.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    public bool TryRead(
        BlockKey key, ulong hash, byte reader, Memory<byte> destination, out ValueTask<int> reading, CancellationToken cancellationToken)
    {
        reading = default;
        if (!_context.Index.TryTouch(hash, reader, _context.Tick, out var location) || !_context.Segments.TryAcquire(location.Segment, out var file))
            return false;

        if (destination.Length < location.Length)
        {
            file.Release();
            throw new ArgumentException($"The block has {location.Length} bytes, the destination {destination.Length}.", nameof(destination));
        }

        reading = TryReadCached(file, key, location, destination.Span)
            ? ValueTask.FromResult(location.Length)
            : ReadAsync(file, key, location, destination, cancellationToken);
        return true;
    }

    /// <summary>Takes a lease on a block that is stored, without I/O.</summary>
    /// <param name="key">The block.</param>
    /// <param name="hash">Its <see cref="BlockKey.Hash"/>.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="lease">The lease, to be disposed.</param>
    public bool TryLease(BlockKey key, ulong hash, byte reader, [NotNullWhen(true)] out BlockLease? lease)
    {
        lease = null;
        if (!_context.Index.TryTouch(hash, reader, _context.Tick, out var location, out var isVerified) ||
            !_context.Segments.TryAcquire(location.Segment, out var file))
        {
            return false;
        }

        lease = new BlockLease(this, file, key, location, isVerified);
        return true;
    }

    /// <summary>Reads a block only to compare it with its checksum; for a lease on it.</summary>
    internal async ValueTask<bool> VerifyAsync(
        SegmentFile file, BlockKey key, BlockLocation location, Memory<byte> scratch, CancellationToken cancellationToken)
    {
        // The read gives a reference back when it ends; the lease's own goes on.
        if (!file.TryAddReference() || (!TryReadCached(file, key, location, scratch.Span) && await ReadAsync(file, key, location, scratch, cancellationToken) < 0))
            return false;

        if (_context.Options.Checksums == ChecksumPolicy.Once)
            _context.Index.MarkVerified(key.Hash, location);

        return true;
    }

    /// <summary>A block's bytes are not what was stored, or can't be read: it is dropped from the index.</summary>
    internal void Lose(BlockKey key, BlockLocation location, bool isUnreadable)
    {
        if (isUnreadable)
        {
            // It may be there again when the drive is.
            Interlocked.Increment(ref _failedReads);
            _context.Metrics.ReadFailed();
        }
        else
        {
            _context.Metrics.ChecksumFailed();
        }

        if (_context.Index.Remove(key.Hash, location))
            _context.Logger.BlockLost(key.Block, key.Chunk, isUnreadable ? "unreadable" : "damaged");
    }

    /// <summary>
    /// Stores blocks unless the write budget keeps some out: once this completes their bytes are in the file and visible to readers. The payload is
    /// the store's until then.
    /// </summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="firstBlock">The number of the first block.</param>
    /// <param name="payload">Whole blocks; the last may be shorter if it is the object's last. Nothing happens to those that are stored already.</param>
    /// <param name="organization">The number of whose they are.</param>
    /// <param name="touches">How often they were wanted so far.</param>
    /// <param name="cancellationToken">Stops the wait for being taken, not that for the disk.</param>
    public async ValueTask<AppendOutcome> AppendAsync(
        ChunkId chunk, int firstBlock, ReadOnlyMemory<byte> payload, ushort organization, Touches touches, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(payload.Length, nameof(payload));
        ArgumentOutOfRangeException.ThrowIfNegative(firstBlock);
        ArgumentOutOfRangeException.ThrowIfNegative(chunk.Index, nameof(chunk));
        var count = ChunkGeometry.BlocksOf(payload.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBlock + count, ChunkGeometry.MaxBlocks, nameof(payload));

        var wanted = new List<(BlockKey Key, ReadOnlyMemory<byte> Bytes)>(count);
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var key = new BlockKey(chunk, firstBlock + i);
            var start = i * ChunkGeometry.BlockSize;
            var bytes = payload[start..Math.Min(payload.Length, start + ChunkGeometry.BlockSize)];
            if (Contains(key))
                continue;

            if (_context.Retention.Policy.Admit(key.Hash, BlockRecord.SizeOf(bytes.Length), _context.HasRoom(1)) == Admission.Refused)
            {
                _context.Metrics.NotAdmitted();
                refused++;
                continue;
            }

            wanted.Add((key, bytes));
        }

        if (wanted.Count == 0)
            return refused == 0 ? AppendOutcome.Stored : AppendOutcome.NotAdmitted;
        if (_writer.IsPaused)
            return AppendOutcome.Unavailable;

        // The checksums are taken here, where callers run in parallel.
        var completion = new BlockCompletion(wanted.Count);
        var writes = wanted.ConvertAll(block => new BlockWrite(BlockRecordKind.Stored, block.Key, block.Bytes, Crc32C.Append(0, block.Bytes.Span))
        {
            Organization = organization,
            Touches = touches,
            Completion = completion,
        });
        return !await _writer.WriteAsync(writes, completion, cancellationToken) ? AppendOutcome.Unavailable
            : refused > 0 ? AppendOutcome.NotAdmitted
            : AppendOutcome.Stored;
    }

    /// <summary>Drops a chunk's blocks from the index. After a restart they may be there again.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="length">Its length in bytes.</param>
    public void Forget(ChunkId chunk, int length)
    {
        if (_context.Index.Count == 0)
            return;

        for (var block = 0; block < ChunkGeometry.BlocksOf(length); block++)
            _context.Index.Remove(new BlockKey(chunk, block).Hash);
    }

    /// <summary>Drops a chunk's blocks for good: for readers at once, and in the background it is written that they stay gone after a restart.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>How many were stored.</returns>
    public int Drop(ChunkId chunk, int length)
    {
        var dropped = new List<BlockKey>();
        for (var block = 0; block < ChunkGeometry.BlocksOf(length); block++)
        {
            var key = new BlockKey(chunk, block);
            if (_context.Index.Remove(key.Hash))
                dropped.Add(key);
        }

        if (dropped.Count > 0)
            _ = WriteDropsAsync(dropped);

        return dropped.Count;
    }

    /// <summary>
    /// Drops blocks of an organization from the index, from its oldest segments, until <paramref name="bytes"/> of disk space are nobody's. What may be part of
    /// a pinned object stays.
    /// </summary>
    /// <returns>The disk space that was its; it returns when the segments are evicted. After a restart the blocks may be there again.</returns>
    public long Trim(ushort organization, long bytes)
    {
        var pins = _context.Retention.Pins;
        if (pins?.HasLarge == true)
            return 0;

        long found = 0, dropped = 0;
        var until = 0;
        foreach (var (segment, taken) in _context.Index.BytesBySegment(organization))
        {
            if (found >= bytes)
                break;

            found += taken;
            until = segment + 1;
        }

        _context.Index.RemoveWhere((hash, block) =>
        {
            var goes = dropped < bytes && block.Organization == organization && block.Location.Segment < until && pins?.IsPinnedObject(hash) != true;
            dropped += goes ? block.Location.RecordSize : 0;
            return goes;
        });
        return dropped;
    }

    /// <summary>Writes what was handed over and closes the store, in bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _context.Segments.Dispose();
    }

    /// <summary>Completes when no write of the disposed store can reach the disk any more.</summary>
    public Task WhenQuietAsync() => _writer.WhenQuietAsync();

    private async Task WriteDropsAsync(List<BlockKey> dropped)
    {
        var completion = new BlockCompletion(dropped.Count);
        var writes = dropped.ConvertAll(key => new BlockWrite(BlockRecordKind.Dropped, key, default, 0) { Completion = completion });
        await _writer.WriteAsync(writes, completion, CancellationToken.None);
    }

    // What is in the page cache goes straight to the destination, without a thread of the pool. What is not found intact so is read again, and judged, there.
    private bool TryReadCached(SegmentFile file, BlockKey key, BlockLocation location, Span<byte> destination)
    {
        Span<byte> header = stackalloc byte[BlockRecord.HeaderSize];
        var payload = destination[..location.Length];
        if (!CachedReads.TryRead(file.Handle, header, payload, location.Offset) || !BlockRecord.IsIntact(header, payload, _context.Seed, key, location))
            return false;

        file.Release();
        if (Volatile.Read(ref _failedReads) != 0)
            Volatile.Write(ref _failedReads, 0);

        return true;
    }

    private async ValueTask<int> ReadAsync(SegmentFile file, BlockKey key, BlockLocation location, Memory<byte> destination, CancellationToken cancellationToken)
    {
        bool intact, failed = false;
        var buffer = ArrayPool<byte>.Shared.Rent(location.RecordSize);
        try
        {
            var record = buffer.AsMemory(0, location.RecordSize);
            intact = await FillAsync(file, record, location.Offset, cancellationToken) && BlockRecord.IsIntact(record.Span, _context.Seed, key, location);
            if (intact)
                record.Slice(BlockRecord.HeaderSize, location.Length).CopyTo(destination);

            // Not in a finally: after an exception the buffer may still be written to.
            ArrayPool<byte>.Shared.Return(buffer);
            if (_failedReads != 0)
                Volatile.Write(ref _failedReads, 0);
        }
        catch (IOException)
        {
            (intact, failed) = (false, true);
        }
        finally
        {
            file.Release();
        }

        if (intact)
            return location.Length;

        Lose(key, location, failed);
        return -1;
    }

    private static async ValueTask<bool> FillAsync(SegmentFile file, Memory<byte> destination, long position, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            var read = await RandomAccess.ReadAsync(file.Handle, destination, position, cancellationToken);
            if (read == 0)
                return false;

            destination = destination[read..];
            position += read;
        }

        return true;
    }
}
