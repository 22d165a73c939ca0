using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Http;
using EdgeCache.Transport;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// Reads a range of one version in order: each chunk from the store if it is there, else from its fill as the bytes arrive, with the next chunks fetched
/// ahead; or, if the range moves no whole chunks, each block so. Nothing is held between two reads but places in fills: no lease, no buffer. What the store
/// has can also be had as it lies in its files.
/// </summary>
internal sealed class RangeReader(
    ChunkCache store, FillTable fills, FillTarget target, byte reader, ByteRange range, ReadScope scope, ReadAhead ahead, BlockReads blocks, EdgeMetrics metrics)
    : IDisposable
{
    /// <summary>A look-up examines at most this many chunks, 4 GiB worth; beyond, the rest is taken to be like the first ones.</summary>
    private const int MaxSurveyed = 1024;

    /// <summary>How often bytes are sought again that were evicted or found damaged between fill and read.</summary>
    private const int MaxSearches = 4;

    private readonly long _end = range.Offset + range.Length;
    private ChunkFill? _current;
    private long _position = range.Offset;

    /// <summary>The bytes that are still to be read.</summary>
    public long Remaining => _end - _position;

    /// <summary>Bytes that came from the store.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Bytes that came from fills.</summary>
    public long FilledBytes { get; private set; }

    /// <summary>Why the first chunk that a survey did not find is not here.</summary>
    public Absence WhyAbsent { get; private set; }

    /// <summary>The edge that the chunk which is being read comes from; null when it comes from elsewhere.</summary>
    public string? Peer => _current?.Peer?.Name;

    /// <summary>What of the range this edge has.</summary>
    public ChunkPresence Survey()
    {
        if (range.Length == 0)
        {
            return ChunkPresence.All;
        }

        var first = ChunkGeometry.IndexOf(range.Offset);
        var last = Math.Min(ChunkGeometry.IndexOf(_end - 1), first + MaxSurveyed - 1);
        bool present = false, absent = false;
        for (var index = first; index <= last && !(present && absent); index++)
        {
            var id = Id(index);
            if (store.Contains(id) || fills.HasAllOf(id))
            {
                present = true;
                continue;
            }

            // Of a chunk that is read as a whole its first block tells enough.
            var lastBlock = scope.IsSparse(index) ? scope.LastBlock(index) : scope.FirstBlock(index);
            for (var block = scope.FirstBlock(index); block <= lastBlock; block++)
            {
                var isStored = store.ContainsBlock(id, block);
                if (!isStored && !absent)
                {
                    WhyAbsent = store.WhyAbsent(id);
                }

                present |= isStored;
                absent |= !isStored || !scope.IsSparse(index);
            }
        }

        return !absent ? ChunkPresence.All
            : present ? ChunkPresence.Some
            : fills.Contains(Id(first)) ? ChunkPresence.Arriving
            : ChunkPresence.None;
    }

    /// <summary>
    /// Waits until the next byte can be read, and tells how many can at once. Before anything is sent this is how a failure can still be told to
    /// the client; later it sizes the piece.
    /// </summary>
    public ValueTask<(ReadFault Fault, int Available)> WaitAsync(CancellationToken cancellationToken)
    {
        var (index, within, left) = Locate();
        return store.Contains(Id(index))
            ? ValueTask.FromResult((ReadFault.None, (int)left))
            : Filling();

        async ValueTask<(ReadFault Fault, int Available)> Filling()
        {
            for (var search = 0; search < MaxSearches; search++)
            {
                var place = Enter(index, within);
                if (place.IsStored)
                {
                    return (ReadFault.None, (int)Math.Min(left, ChunkGeometry.BlockSize - (within % ChunkGeometry.BlockSize)));
                }

                if (place.Fill is not { } fill)
                {
                    return (ReadFault.Busy, 0);
                }

                var at = within - fill.Extent.Start;
                var progress = await fill.WaitBeyondAsync(at, cancellationToken);
                if (progress.Failure != FillFailure.Superseded)
                {
                    return (Fault(progress, at), (int)Math.Min(left, Math.Max(progress.Available - at, 1)));
                }

                LeaveCurrent();
            }

            return (ReadFault.Unavailable, 0);
        }
    }

    /// <summary>
    /// The next bytes as a stretch of a file, when they are stored and enough for that to pay; null: read them. What of it is sent is told by <see cref="Take"/>.
    /// </summary>
    /// <param name="most">The longest stretch wanted, in bytes.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    public ValueTask<StoredRegion?> OpenStoredAsync(int most, CancellationToken cancellationToken)
    {
        var (index, within, left) = Locate();
        var length = (int)Math.Min(most, left);
        if (length <= FileRegions.Threshold || (_current is { } current && current.Id.Index == index && current.Extent.Covers(within)))
        {
            return default;
        }

        if (store.TryGet(Id(index), reader, out var chunk))
        {
            return OpenAsync(chunk, within, length, cancellationToken);
        }

        if (!scope.IsSparse(index) || !store.TryLeaseBlock(Id(index), within / ChunkGeometry.BlockSize, reader, out var block))
        {
            return default;
        }

        var skip = within % ChunkGeometry.BlockSize;
        length = Math.Min(length, block.Length - skip);
        if (length > FileRegions.Threshold)
        {
            return OpenAsync(block, skip, length, cancellationToken);
        }

        block.Dispose();
        return default;
    }

    /// <summary>Goes on behind bytes that <see cref="OpenStoredAsync"/> gave.</summary>
    public void Take(int length)
    {
        ahead.Extend(ChunkGeometry.IndexOf(_position));
        StoredBytes += length;
        Advance(length);
    }

    /// <summary>Reads the next bytes: at least one, unless there is a fault; at most what is left of the chunk.</summary>
    public async ValueTask<(ReadFault Fault, int Count)> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var (index, within, left) = Locate();
        destination = destination[..(int)Math.Min(destination.Length, left)];
        for (var search = 0; search < MaxSearches; search++)
        {
            if (store.TryGet(Id(index), reader, out var lease))
            {
                using (lease)
                {
                    if (await lease.ReadAsync(within, destination, cancellationToken))
                    {
                        StoredBytes += destination.Length;
                        ahead.Extend(index);
                        return Advance(destination.Length);
                    }
                }

                metrics.ChunkDamaged();
            }

            var place = Enter(index, within);
            if (place.IsStored)
            {
                if (await blocks.ReadStoredAsync(Id(index), within, destination, cancellationToken) is var read and > 0)
                {
                    StoredBytes += read;
                    return Advance(read);
                }

                continue;
            }

            if (place.Fill is not { } fill)
            {
                return (ReadFault.Busy, 0);
            }

            var at = within - fill.Extent.Start;
            var progress = await fill.WaitBeyondAsync(at, cancellationToken);
            if (Fault(progress, at) is var fault and not ReadFault.None)
            {
                return (fault, 0);
            }

            if (fill.TryCopy(at, destination.Span) is var count and > 0)
            {
                FilledBytes += count;
                return Advance(count);
            }

            LeaveCurrent();
        }

        return (ReadFault.Unavailable, 0);
    }

    public void Dispose()
    {
        LeaveCurrent();
        blocks.End();
        ahead.End();
    }

    private ValueTask<StoredRegion?> OpenAsync(IStoredBytes lease, int within, int length, CancellationToken cancellationToken)
    {
        var verifying = lease.VerifyAsync(within, length, cancellationToken);
        return verifying.IsCompletedSuccessfully ? ValueTask.FromResult(Open(verifying.Result)) : Wait();

        async ValueTask<StoredRegion?> Wait()
        {
            try
            {
                return Open(await verifying);
            }
            catch
            {
                lease.Dispose();
                throw;
            }
        }

        StoredRegion? Open(bool isIntact)
        {
            if (isIntact)
            {
                return new StoredRegion(lease, within, length);
            }

            lease.Dispose();
            metrics.ChunkDamaged();
            return null;
        }
    }

    private ChunkId Id(int index) => new(target.Version.Generation, index);

    private (int Index, int Within, long Left) Locate()
    {
        var index = ChunkGeometry.IndexOf(_position);
        var start = ChunkGeometry.OffsetOf(index);
        return (index, (int)(_position - start), Math.Min(_end, start + ChunkGeometry.PayloadSize) - _position);
    }

    private (ReadFault Fault, int Count) Advance(int count)
    {
        _position += count;
        return (ReadFault.None, count);
    }

    /// <summary>Where the next byte is: in a stored block, or in a fill, joined or started; neither when too many wait. Fetches ahead from there.</summary>
    private BlockPlace Enter(int index, int within)
    {
        if (_current is { } current && current.Id.Index == index && current.Extent.Covers(within))
        {
            return new(current, false);
        }

        LeaveCurrent();
        BlockPlace place;
        if (scope.IsSparse(index))
        {
            place = blocks.Find(Id(index), within);
        }
        else
        {
            place = ahead.Take(index) is { } begun ? new(begun, false) : fills.Find(Id(index), target, reader);
            ahead.Entered(index, waits: place.Fill is { } fill && fill.Available < fill.Length);
        }

        _current = place.Fill;
        return place;
    }

    private void LeaveCurrent()
    {
        _current?.Leave();
        _current = null;
    }

    private static ReadFault Fault(FillProgress progress, int at) => progress.State switch
    {
        FillState.Failed or FillState.Abandoned when progress.Available <= at => progress.Failure switch
        {
            FillFailure.VersionGone => ReadFault.VersionGone,
            FillFailure.Busy => ReadFault.Busy,
            FillFailure.Superseded => ReadFault.None,
            _ => ReadFault.Unavailable,
        },
        _ => ReadFault.None,
    };
}
