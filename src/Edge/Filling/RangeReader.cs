using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// Reads a range of one version in order: each chunk from the store if it is there, else from its fill as the bytes arrive, with the next chunks fetched
/// ahead. Nothing is held between two reads but places in fills: no lease, no buffer.
/// </summary>
internal sealed class RangeReader(
    ChunkCache store, FillTable fills, FillTarget target, byte reader, long offset, long length, ReadAhead ahead, ReadPatterns patterns, EdgeMetrics metrics)
    : IDisposable
{
    /// <summary>A look-up examines at most this many chunks, 4 GiB worth; beyond, the rest is taken to be like the first ones.</summary>
    private const int MaxSurveyed = 1024;

    /// <summary>How often a chunk is sought again after it was evicted or found damaged between fill and read.</summary>
    private const int MaxSearches = 4;

    private readonly int _first = ChunkGeometry.IndexOf(offset);
    private readonly long _end = offset + length;
    private ChunkFill? _current;
    private long _position = offset;

    /// <summary>The bytes that are still to be read.</summary>
    public long Remaining => _end - _position;

    /// <summary>Bytes that came from the store.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Bytes that came from fills.</summary>
    public long FilledBytes { get; private set; }

    /// <summary>Why the first chunk that a survey did not find is not here.</summary>
    public Absence WhyAbsent { get; private set; }

    /// <summary>What of the range this edge has.</summary>
    public ChunkPresence Survey()
    {
        if (length == 0)
        {
            return ChunkPresence.All;
        }

        var last = Math.Min(ChunkGeometry.IndexOf(_end - 1), _first + MaxSurveyed - 1);
        int present = 0, absent = 0;
        for (var index = _first; index <= last; index++)
        {
            if (store.Contains(Id(index)) || fills.HasAllOf(Id(index)))
            {
                present++;
            }
            else if (absent++ == 0)
            {
                WhyAbsent = store.WhyAbsent(Id(index));
            }

            if (present > 0 && absent > 0)
            {
                return ChunkPresence.Some;
            }
        }

        return absent == 0 ? ChunkPresence.All : fills.Contains(Id(_first)) ? ChunkPresence.Arriving : ChunkPresence.None;
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
            if (Enter(index) is not { } fill)
            {
                return (ReadFault.Busy, 0);
            }

            var progress = await fill.WaitBeyondAsync(within, cancellationToken);
            return (Fault(progress, within), (int)Math.Min(left, Math.Max(progress.Available - within, 1)));
        }
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

            var fill = Enter(index);
            if (fill is null)
            {
                return (ReadFault.Busy, 0);
            }

            var progress = await fill.WaitBeyondAsync(within, cancellationToken);
            if (Fault(progress, within) is var fault and not ReadFault.None)
            {
                return (fault, 0);
            }

            var count = fill.TryCopy(within, destination.Span);
            if (count > 0)
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
        ahead.End();
        if (ahead.IsOn)
        {
            patterns.Keep(target.Version.Generation, reader, _end, ahead.Window);
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

    /// <summary>The fill of the chunk, joined or started; null when too many wait. Fetches ahead from there.</summary>
    private ChunkFill? Enter(int index)
    {
        if (_current?.Id.Index == index)
        {
            return _current;
        }

        LeaveCurrent();
        _current = ahead.Take(index) ?? fills.JoinOrStart(Id(index), target, reader, out _);
        ahead.Entered(index, waits: _current is { } fill && fill.Available < fill.Length);
        return _current;
    }

    private void LeaveCurrent()
    {
        _current?.Leave();
        _current = null;
    }

    private static ReadFault Fault(FillProgress progress, int within) => progress.State switch
    {
        FillState.Failed or FillState.Abandoned when progress.Available <= within => progress.Failure switch
        {
            FillFailure.VersionGone => ReadFault.VersionGone,
            FillFailure.Busy => ReadFault.Busy,
            _ => ReadFault.Unavailable,
        },
        _ => ReadFault.None,
    };
}
