using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// The cache of chunks over all drives. Where a chunk is written follows from its hash, by rendezvous: a drive that is added or dies moves its own
/// share and nothing else. Where it is read is wherever it lies, so that what was written elsewhere while its drive was away stays of use.
/// </summary>
internal sealed class ChunkCache : IAsyncDisposable
{
    private readonly Drive[] _drives;

    private ChunkCache(Drive[] drives) => _drives = drives;

    /// <summary>The drives, in the order of the options.</summary>
    public IReadOnlyList<Drive> Drives => _drives;

    /// <summary>A snapshot of the counters of all drives together.</summary>
    public ChunkStoreStatistics Statistics => _drives.Select(static drive => drive.Statistics).Aggregate(static (sum, drive) => sum + drive);

    /// <summary>Opens the cache, with what an earlier process left on the drives. A drive that can't be opened is left out until it can.</summary>
    /// <param name="options">The drives, and their bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Takes what happens.</param>
    /// <param name="meterFactory">Null: the counters are kept, and not published.</param>
    /// <param name="cancellationToken">Stops the wait for the directories.</param>
    /// <exception cref="ArgumentException">The options are out of range; the message names every fault.</exception>
    /// <exception cref="IOException">Not one of the directories can be used.</exception>
    public static async Task<ChunkCache> OpenAsync(
        ChunkCacheOptions options, TimeProvider time, ILoggerFactory loggerFactory, IMeterFactory? meterFactory, CancellationToken cancellationToken)
    {
        var drives = new List<Drive>();
        var faults = new List<Exception>();
        try
        {
            foreach (var drive in options.Drives)
                drives.Add(new Drive(drive, options, time, loggerFactory, meterFactory));
            foreach (var drive in drives)
            {
                if (await drive.StartAsync(cancellationToken) is { } fault)
                    faults.Add(fault);
            }

            // With no drive at all it is rather the configuration that is wrong, and the operator at hand.
            if (faults.Count == drives.Count)
                throw faults is [IOException single] ? single : new IOException(string.Join("; ", faults.Select(static fault => fault.Message)), faults[0]);

            return new ChunkCache([.. drives]);
        }
        catch
        {
            foreach (var drive in drives)
                await drive.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the chunk is stored. Eviction may take it at any time: only a lease is a claim.</summary>
    public bool Contains(ChunkId id)
    {
        foreach (var drive in _drives)
        {
            if (drive.Contains(id))
                return true;
        }

        return false;
    }

    /// <summary>Takes a lease on a stored chunk for a reader, whose wanting it counts at its eviction.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="lease">The lease, to be disposed.</param>
    public bool TryGet(ChunkId id, byte reader, [NotNullWhen(true)] out ChunkLease? lease)
    {
        var home = HomeOf(id);
        if (home.TryGet(id, reader, out lease))
            return true;

        foreach (var drive in _drives)
        {
            if (drive != home && drive.TryGet(id, reader, out lease))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Stores a chunk unless the write budget keeps it out; true once its bytes are in the file, journalled, and visible to
    /// readers; false when the cache does not take it now. The payload is the cache's until this completes.
    /// </summary>
    /// <param name="id">The chunk; nothing happens when it is stored already.</param>
    /// <param name="payload">Its bytes, from 1 to <see cref="ChunkGeometry.PayloadSize"/>.</param>
    /// <param name="reader">A hash of who had it fetched.</param>
    /// <param name="shared">Whether another reader wanted it too while it was fetched.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<bool> AppendAsync(ChunkId id, ReadOnlyMemory<byte> payload, byte reader, bool shared, CancellationToken cancellationToken)
    {
        if (Contains(id))
            return true;

        var below = ulong.MaxValue;
        while (Next(id.Hash, ref below) is { } drive)
        {
            if (!drive.TakesAppends)
                continue;

            var outcome = await drive.AppendAsync(id, payload, reader, shared, cancellationToken);
            if (outcome != AppendOutcome.Unavailable)
                return outcome == AppendOutcome.Stored;
        }

        return false;
    }

    /// <summary>Flushes and closes all drives, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_drives.Select(static drive => drive.DisposeAsync().AsTask()));

    /// <summary>The drive that a chunk belongs to, be it there or not.</summary>
    internal Drive HomeOf(ChunkId id)
    {
        var below = ulong.MaxValue;
        return _drives.Length == 1 ? _drives[0] : Next(id.Hash, ref below)!;
    }

    // The drives in the order of a chunk's preference: highest score first. Two drives whose scores agree, one time in 2^64, count as one.
    private Drive? Next(ulong hash, ref ulong below)
    {
        Drive? best = null;
        ulong highest = 0;
        foreach (var drive in _drives)
        {
            var score = ChunkId.Mix(hash ^ drive.Seed) >> 1;
            if (score < below && (best is null || score > highest))
                (best, highest) = (drive, score);
        }

        below = highest;
        return best;
    }
}
