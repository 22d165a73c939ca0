using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Numerics;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// The cache of chunks on one drive: two chunk stores, the small and the main log of <see cref="EvictionPolicy"/>. Chunks that were touched on
/// probation move from the small log to the main one, before their segment goes.
/// </summary>
internal sealed class ChunkCache : IAsyncDisposable
{
    /// <summary>Below this capacity, in bytes, a tenth is too little for a log of its own: then there is only the main log.</summary>
    public const long MinimumWithSmallLog = EvictionPolicy.SmallShare * ChunkStoreOptions.MinimumCapacity;

    private const string SmallLogName = "probation";

    private readonly ChunkStore _main;
    private readonly ChunkStore? _small;
    private readonly EvictionPolicy _policy;
    private readonly ChunkStoreMetrics _metrics;
    private readonly TimeProvider _time;

    private ChunkCache(ChunkStore main, ChunkStore? small, EvictionPolicy policy, ChunkStoreMetrics metrics, TimeProvider time) =>
        (_main, _small, _policy, _metrics, _time) = (main, small, policy, metrics, time);

    /// <summary>A snapshot of the counters of both logs.</summary>
    public ChunkStoreStatistics Statistics
    {
        get
        {
            var main = _main.Statistics;
            var small = _small?.Statistics ?? default;
            return _metrics.AddTo(new ChunkStoreStatistics
            {
                LiveChunks = main.LiveChunks + small.LiveChunks,
                LiveSegments = main.LiveSegments + small.LiveSegments,
                DyingSegments = main.DyingSegments + small.DyingSegments,
                DiskBytes = main.DiskBytes + small.DiskBytes,
                CapacityBytes = main.CapacityBytes + small.CapacityBytes,
                Degraded = main.Degraded || small.Degraded,
            });
        }
    }

    /// <summary>Opens the cache, with what an earlier process left in the directory.</summary>
    /// <param name="options">Where it is, and its bounds; the capacity is that of both logs together.</param>
    /// <param name="writesPerDay">The write budget, as multiples of the capacity per day; 0: none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Takes what happens.</param>
    /// <param name="meterFactory">Null: the counters are kept, and not published.</param>
    /// <param name="cancellationToken">Stops the wait for the directory.</param>
    /// <exception cref="ArgumentException">The options are out of range; the message names every fault.</exception>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    public static async Task<ChunkCache> OpenAsync(
        ChunkStoreOptions options,
        double writesPerDay,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory,
        CancellationToken cancellationToken)
    {
        var capacity = options.CapacityBytes;
        ChunkCache? cache = null;
        var metrics = new ChunkStoreMetrics(meterFactory, () => Volatile.Read(ref cache)?.Statistics);
        var policy = EvictionPolicy.For(capacity, WriteRate(capacity, writesPerDay), time);
        var smallCapacity = capacity < MinimumWithSmallLog ? 0 : capacity / EvictionPolicy.SmallShare;
        var main = await ChunkStore.OpenAsync(
            options with { CapacityBytes = capacity - smallCapacity }, time, loggerFactory, metrics, KeepTouched(policy), cancellationToken);
        try
        {
            var small = smallCapacity == 0 ? null : await ChunkStore.OpenAsync(
                options with { CapacityBytes = smallCapacity, Directory = Path.Combine(options.Directory, SmallLogName) },
                time,
                loggerFactory,
                metrics,
                Promote(policy, main),
                cancellationToken);
            Volatile.Write(ref cache, new ChunkCache(main, small, policy, metrics, time));
            return cache;
        }
        catch
        {
            await main.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the chunk is stored. Eviction may take it at any time: only a lease is a claim.</summary>
    public bool Contains(ChunkId id) => _main.Contains(id) || _small?.Contains(id) == true;

    /// <summary>Takes a lease on a stored chunk for a reader, whose wanting it counts at its eviction.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="lease">The lease, to be disposed.</param>
    public bool TryGet(ChunkId id, byte reader, [NotNullWhen(true)] out ChunkLease? lease)
    {
        lease = null;
        return _main.TryGet(id, reader, out lease) || _small?.TryGet(id, reader, out lease) == true;
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

        var touches = Touches.By(reader, Touches.TickOf(_time.GetElapsedTime(0, _time.GetTimestamp())), (byte)(shared ? 1 : 0));
        switch (_policy.Admit(Hash(id), ChunkGeometry.RecordSizeOf(payload.Length), _main.IsGrowing))
        {
            case Admission.Main:
                return await _main.AppendAsync(id, payload, cancellationToken, touches);
            case Admission.Small:
                return await (_small ?? _main).AppendAsync(id, payload, cancellationToken, touches);
            case Admission.Refused:
                _metrics.NotAdmitted();
                return false;
            default:
                throw new InvalidOperationException("An admission without a place.");
        }
    }

    /// <summary>Flushes and closes both logs, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync()
    {
        // The small log writes to the main one, never the other way round.
        if (_small is not null)
            await _small.DisposeAsync();
        await _main.DisposeAsync();
    }

    private static long? WriteRate(long capacity, double writesPerDay) =>
        writesPerDay <= 0 ? null : (long)Math.Max(1, capacity * writesPerDay / TimeSpan.SecondsPerDay);

    private static Survival KeepTouched(EvictionPolicy policy) => new(
        chunk => policy.Reinserts(Hash(chunk.Id), ChunkGeometry.RecordSizeOf(chunk.Location.Length), chunk.Touches.Count), Destination: null);

    private static Survival Promote(EvictionPolicy policy, ChunkStore main) => new(
        chunk => !main.Contains(chunk.Id) && policy.Promotes(Hash(chunk.Id), ChunkGeometry.RecordSizeOf(chunk.Location.Length), chunk.Touches.Count),
        (chunk, bytes, cancellationToken) => main.AppendAsync(chunk.Id, bytes, cancellationToken, chunk.Touches.Reset()));

    private static ulong Hash(ChunkId id)
    {
        var hash = id.Generation.High ^ BitOperations.RotateLeft(id.Generation.Low, 32) ^ ((ulong)id.Index * 0x9E3779B97F4A7C15);
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
