namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// Compares all stored blocks of a drive with their checksums, over and over, oldest first, at a bounded rate in small reads. What does not agree is
/// dropped, so that the next request fetches it anew rather than finds the damage.
/// </summary>
internal sealed class Scrubber : IAsyncDisposable
{
    /// <summary>One read's size in bytes; no lease is held between two.</summary>
    private const int Piece = 4 * ChunkGeometry.BlockSize;

    /// <summary>A pass begins so long after the one before at the earliest.</summary>
    public static readonly TimeSpan MinimumPass = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<ChunkStore> _stores;
    private readonly long _bytesPerSecond;
    private readonly ChunkStoreMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _worker;

    /// <summary>Begins to scrub.</summary>
    /// <param name="stores">The logs of the drive; they outlive the scrubber.</param>
    /// <param name="bytesPerSecond">How much is read at most; 0: nothing.</param>
    /// <param name="metrics">Counts what was read and what was found.</param>
    /// <param name="time">The clock.</param>
    public Scrubber(IReadOnlyList<ChunkStore> stores, long bytesPerSecond, ChunkStoreMetrics metrics, TimeProvider time)
    {
        (_stores, _bytesPerSecond, _metrics, _time) = (stores, bytesPerSecond, metrics, time);
        _worker = bytesPerSecond > 0 ? Task.Run(RunAsync) : Task.CompletedTask;
    }

    /// <summary>Stops scrubbing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _worker;
    }

    private async Task RunAsync()
    {
        using var reader = new MediumReader(Piece);
        try
        {
            while (true)
            {
                var begun = _time.GetTimestamp();
                foreach (var store in _stores)
                    await PassAsync(store, reader);

                _metrics.ScrubPassed();
                var rest = MinimumPass - _time.GetElapsedTime(begun);
                if (rest > TimeSpan.Zero)
                    await Task.Delay(rest, _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The drive is being closed.
        }
    }

    private async Task PassAsync(ChunkStore store, MediumReader reader)
    {
        for (var segment = store.SegmentFrom(0); segment is { } id; segment = store.SegmentFrom(id + 1))
        {
            foreach (var chunk in store.ChunksOf(id))
                await ScrubAsync(store, chunk, reader);
        }
    }

    private async Task ScrubAsync(ChunkStore store, StoredChunk chunk, MediumReader reader)
    {
        uint[]? expected = null;
        for (var offset = 0; offset < chunk.Location.Length; offset += Piece)
        {
            await Task.Delay(TimeSpan.FromSeconds((double)Math.Min(Piece, chunk.Location.Length - offset) / _bytesPerSecond), _time, _stopping.Token);
            if (!store.TryGet(chunk.Id, out var lease))
                return;

            using (lease)
            {
                // One that moved is met again at its new place.
                if (lease.Location != chunk.Location)
                    return;

                var length = Math.Min(Piece, chunk.Location.Length - offset);
                if (!lease.Scrub(reader, offset, length, ref expected))
                {
                    _metrics.ScrubFailed();
                    return;
                }

                _metrics.Scrubbed(length);
            }
        }

        store.OnVerified(chunk.Id, chunk.Location, BlockMask.All);
    }
}
