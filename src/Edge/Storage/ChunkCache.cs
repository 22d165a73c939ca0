using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Storage.Pins;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// The cache of chunks over all drives. Where a chunk is written follows from its hash, by rendezvous: a drive that is added or dies moves its own
/// share and nothing else. Where it is read is wherever it lies, so that what was written elsewhere while its drive was away stays of use.
/// </summary>
internal sealed class ChunkCache : IAsyncDisposable
{
    private readonly Drive[] _drives;

    private ChunkCache(Drive[] drives, PinTable pins) => (_drives, Pins) = (drives, pins);

    /// <summary>What outlives evictions and purges.</summary>
    public PinTable Pins { get; }

    /// <summary>What the configured organizations have on all drives, and last all others together.</summary>
    public IReadOnlyList<OrganizationState> Organizations => [.. _drives
        .SelectMany(static drive => drive.Organizations)
        .GroupBy(static state => state.Organization, StringComparer.Ordinal)
        .Select(static states => states.Aggregate(static (sum, state) => sum + state))];

    /// <summary>The drives, in the order of the options.</summary>
    public IReadOnlyList<Drive> Drives => _drives;

    /// <summary>A snapshot of the counters of all drives together.</summary>
    public ChunkStoreStatistics Statistics => _drives.Select(static drive => drive.Statistics).Aggregate(static (sum, drive) => sum + drive);

    /// <summary>A snapshot of the counters of all drives' block stores together.</summary>
    public BlockStoreStatistics BlockStatistics =>
        _drives.Select(static drive => drive.BlockStatistics).Aggregate(static (sum, drive) => sum + drive);

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
        ChunkCache? cache = null;
        var pins = OpenPins(options, time, loggerFactory);
        _ = new CacheMetrics(meterFactory, () => Volatile.Read(ref cache));
        var drives = new List<Drive>();
        var faults = new List<Exception>();
        try
        {
            foreach (var drive in options.Drives)
                drives.Add(new Drive(drive, options, pins, time, loggerFactory, meterFactory));
            foreach (var drive in drives)
            {
                if (await drive.StartAsync(cancellationToken) is { } fault)
                    faults.Add(fault);
            }

            // With no drive at all it is rather the configuration that is wrong, and the operator at hand.
            if (faults.Count == drives.Count)
                throw faults is [IOException single] ? single : new IOException(string.Join("; ", faults.Select(static fault => fault.Message)), faults[0]);

            Volatile.Write(ref cache, new ChunkCache([.. drives], pins));
            return cache;
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

    /// <summary>Why a chunk is not stored.</summary>
    public Absence WhyAbsent(ChunkId id) => HomeOf(id).WhyAbsent(id);

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
    /// <param name="what">On whose account it is stored.</param>
    /// <param name="id">The chunk; nothing happens when it is stored already.</param>
    /// <param name="payload">Its bytes, from 1 to <see cref="ChunkGeometry.PayloadSize"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask<bool> AppendAsync(in Origination what, ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Contains(id) ? ValueTask.FromResult(true) : AppendMissingAsync(what, id, payload, cancellationToken);

    /// <summary>Whether a block is stored by itself, apart from its chunk. Eviction may take it at any time.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="block">The block's number within the chunk.</param>
    public bool ContainsBlock(ChunkId chunk, int block) => LengthOf(new BlockKey(chunk, block)) > 0;

    /// <summary>Reads and verifies a block that is stored by itself.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="block">The block's number within the chunk.</param>
    /// <param name="reader">A hash of who reads; its wanting it counts at the block's eviction.</param>
    /// <param name="destination">Takes the block from its first byte on; at least as long as it: <see cref="ChunkGeometry.BlockSize"/> is enough.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    /// <returns>The block's length; -1 when it is not stored, or was damaged and is dropped.</returns>
    public ValueTask<int> ReadBlockAsync(ChunkId chunk, int block, byte reader, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var key = new BlockKey(chunk, block);
        var hash = key.Hash;
        foreach (var drive in _drives)
        {
            if (drive.Blocks?.TryRead(key, hash, reader, destination, out var reading, cancellationToken) == true)
                return reading;
        }

        return ValueTask.FromResult(-1);
    }

    /// <summary>Takes a lease on a block that is stored by itself.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="block">The block's number within the chunk.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="lease">The lease, to be disposed.</param>
    public bool TryLeaseBlock(ChunkId chunk, int block, byte reader, [NotNullWhen(true)] out BlockLease? lease)
    {
        var key = new BlockKey(chunk, block);
        var hash = key.Hash;
        foreach (var drive in _drives)
        {
            if (drive.Blocks is { } blocks && blocks.TryLease(key, hash, reader, out lease))
                return true;
        }

        lease = null;
        return false;
    }

    /// <summary>
    /// Stores blocks apart from their chunk unless the write budget keeps them out; true once their bytes are in the file and visible to readers;
    /// false when the cache does not take all of them now. The payload is the cache's until this completes.
    /// </summary>
    /// <param name="what">On whose account they are stored.</param>
    /// <param name="chunk">The chunk that they are part of.</param>
    /// <param name="firstBlock">The number of the first. Nothing happens to those that are stored already.</param>
    /// <param name="payload">Whole blocks; the object's last may be short.</param>
    /// <param name="cancellationToken">Stops the wait for being taken, not that for the disk.</param>
    public ValueTask<bool> AppendBlocksAsync(
        in Origination what, ChunkId chunk, int firstBlock, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        AppendMissingBlocksAsync(what, chunk, firstBlock, payload, cancellationToken);

    /// <summary>How many bytes of an object are stored, as chunks or single blocks.</summary>
    /// <param name="generation">The object.</param>
    /// <param name="size">Its size in bytes.</param>
    public long ResidentBytes(Generation generation, long size)
    {
        long resident = 0;
        for (var index = 0; ChunkGeometry.LengthOf(index, size) is var length and > 0; index++)
        {
            var id = new ChunkId(generation, index);
            if (Contains(id))
            {
                resident += length;
                continue;
            }

            for (var block = 0; block < ChunkGeometry.BlocksOf(length); block++)
                resident += LengthOf(new BlockKey(id, block));
        }

        return resident;
    }

    /// <summary>Drops what is stored of an object, unless it is pinned. Readers miss it at once; its space returns with the eviction of its segments.</summary>
    /// <param name="generation">The object.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <returns>The chunks of which all or single blocks were stored.</returns>
    public int Purge(Generation generation, long size)
    {
        if (Pins.IsPinned(generation))
            return 0;

        var purged = 0;
        for (var index = 0; ChunkGeometry.LengthOf(index, size) is var length and > 0; index++)
        {
            var id = new ChunkId(generation, index);
            var dropped = false;
            foreach (var drive in _drives)
                dropped |= drive.Remove(id) | drive.Blocks?.Drop(id, length) > 0;

            purged += dropped ? 1 : 0;
        }

        return purged;
    }

    /// <summary>Flushes and closes all drives, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_drives.Select(static drive => drive.DisposeAsync().AsTask()));

    /// <summary>The drive that a chunk belongs to, be it there or not.</summary>
    internal Drive HomeOf(ChunkId id)
    {
        var below = ulong.MaxValue;
        return _drives.Length == 1 ? _drives[0] : Next(id.Hash, ref below)!;
    }

    private static PinTable OpenPins(ChunkCacheOptions options, TimeProvider time, ILoggerFactory loggerFactory)
    {
        var capacity = options.Drives.Sum(static drive => drive.CapacityBytes) * options.MaxPinnedShare;
        var pins = PinTable.Open(
            options.PinsFile ?? Path.Combine(options.Drives[0].Directory, PinTable.FileName),
            new PinLimits((long)(capacity * (1 - options.SmallShare)), (long)(capacity * options.SmallShare)),
            options.PinClock ?? time,
            out var isDamaged);
        if (isDamaged)
            loggerFactory.CreateLogger<PinTable>().PinsDamaged();

        return pins;
    }

    private async ValueTask<bool> AppendMissingAsync(Origination what, ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var outcome = AppendOutcome.Unavailable;
        var below = ulong.MaxValue;
        while (outcome == AppendOutcome.Unavailable && Next(id.Hash, ref below) is { } drive)
        {
            if (drive.TakesAppends)
                outcome = await drive.AppendAsync(what, id, payload, cancellationToken);
        }

        if (outcome != AppendOutcome.Stored)
            return false;

        // Blocks that were fetched before all of the chunk was are of no more use.
        foreach (var drive in _drives)
            drive.Blocks?.Forget(id, payload.Length);

        return true;
    }

    private async ValueTask<bool> AppendMissingBlocksAsync(
        Origination what, ChunkId chunk, int firstBlock, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var outcome = AppendOutcome.Unavailable;
        var below = ulong.MaxValue;
        while (outcome == AppendOutcome.Unavailable && Next(chunk.Hash, ref below) is { } drive)
            outcome = await drive.AppendBlocksAsync(what, chunk, firstBlock, payload, cancellationToken);

        return outcome == AppendOutcome.Stored;
    }

    private int LengthOf(BlockKey key)
    {
        foreach (var drive in _drives)
        {
            if (drive.Blocks?.LengthOf(key) is > 0 and var length)
                return length;
        }

        return 0;
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
