using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Storage.Pins;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// One drive of the cache, be it there or not. A drive whose directory vanished, or whose reads fail one after the other, is closed and tried again
/// ever more rarely until it can be opened; what it held then is of use again. One that fails to write is read on, and heals in <see cref="ChunkStore"/>.
/// </summary>
internal sealed class Drive : IAsyncDisposable
{
    /// <summary>Below this capacity, in bytes, a tenth is too little for a log of its own: then there is only the main log.</summary>
    public const long MinimumWithSmallLog = EvictionPolicy.SmallShare * ChunkCacheOptions.MinimumCapacity;

    /// <summary>After so many failed reads in a row it is not the sectors but the drive.</summary>
    public const int MaxFailedReads = 8;

    /// <summary>How often is looked whether the directory is still there.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly ChunkStoreOptions _options;
    private readonly ChunkCacheOptions _cache;
    private readonly PinTable _pins;
    private readonly EvictionPolicy _policy;
    private readonly ChunkStoreMetrics _metrics;
    private readonly BlockStoreMetrics _blockMetrics;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private DriveLogs? _logs;
    private Task _watch = Task.CompletedTask;
    private string? _mount;
    private long _openedAt;

    /// <summary>Describes a drive; <see cref="StartAsync"/> opens it.</summary>
    /// <param name="options">Where it is, and its bounds; the capacity is that of all logs together.</param>
    /// <param name="cache">What holds for all drives.</param>
    /// <param name="pins">What must stay.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Takes what happens.</param>
    /// <param name="meterFactory">Null: the counters are kept, and not published.</param>
    public Drive(ChunkStoreOptions options, ChunkCacheOptions cache, PinTable pins, TimeProvider time, ILoggerFactory loggerFactory, IMeterFactory? meterFactory)
    {
        _options = options with { Directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory)) };
        _policy = EvictionPolicy.For(options.CapacityBytes, WriteRate(options.CapacityBytes, cache.WritesPerDay), time);
        _cache = cache;
        _pins = pins;
        _time = time;
        _loggerFactory = loggerFactory;
        _logger = loggerFactory.CreateLogger<Drive>();
        _metrics = new ChunkStoreMetrics(meterFactory, Name, () => Statistics);
        _blockMetrics = new BlockStoreMetrics(meterFactory, Name, () => BlockStatistics);
        Seed = SeedOf(Name);
    }

    /// <summary>The directory, which is also the drive's label in metrics.</summary>
    public string Name => _options.Directory;

    /// <summary>What the drive's share of the chunks follows from.</summary>
    public ulong Seed { get; }

    /// <summary>Whether the drive is open and its reads succeed.</summary>
    public bool IsPresent => Logs is not null;

    /// <summary>Whether chunks may be written to it.</summary>
    public bool TakesAppends => Logs is { IsDegraded: false };

    /// <summary>A snapshot of the counters of all logs.</summary>
    public ChunkStoreStatistics Statistics
    {
        get
        {
            var logs = Logs;
            var sum = (logs?.Main.State ?? default) + (logs?.Small?.State ?? default);
            return _metrics.AddTo(sum with { CapacityBytes = _options.CapacityBytes, Degraded = sum.Degraded || logs is null, PresentDrives = logs is null ? 0 : 1 });
        }
    }

    /// <summary>A snapshot of the block store's counters.</summary>
    public BlockStoreStatistics BlockStatistics => _blockMetrics.AddTo(Logs?.Blocks?.State ?? default);

    /// <summary>What organizations have on this drive; empty while it is lost.</summary>
    public IReadOnlyList<OrganizationState> Organizations => Logs?.Shares.States ?? [];

    /// <summary>The store of single blocks; null while the drive is lost, or when it has none.</summary>
    public BlockStore? Blocks => Logs?.Blocks;

    private DriveLogs? Logs => Volatile.Read(ref _logs) is { FailedReads: < MaxFailedReads } logs ? logs : null;

    /// <summary>Opens the drive, with what an earlier process left there, and watches it from then on.</summary>
    /// <returns>Why it can't be used now; null if it can.</returns>
    /// <exception cref="ArgumentException">The options are out of range; the message names every fault.</exception>
    public async Task<Exception?> StartAsync(CancellationToken cancellationToken)
    {
        var fault = await TryOpenAsync(cancellationToken);
        if (fault is not null)
            _logger.Unusable(Name, fault.Message);

        _watch = Task.Run(WatchAsync, CancellationToken.None);
        return fault;
    }

    /// <summary>Whether the chunk is stored here. Eviction may take it at any time: only a lease is a claim.</summary>
    public bool Contains(ChunkId id) => Logs is { } logs && (logs.Main.Contains(id) || logs.Small?.Contains(id) == true);

    /// <summary>Why a chunk is not stored here, or when nothing is known of it, why its first block is not.</summary>
    public Absence WhyAbsent(ChunkId id) =>
        _policy.WhyAbsent(id.Hash) is not Absence.Cold and var why ? why : Blocks?.WhyAbsent(id) ?? Absence.Cold;

    /// <summary>Takes a lease on a stored chunk for a reader, whose wanting it counts at its eviction.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="lease">The lease, to be disposed.</param>
    public bool TryGet(ChunkId id, byte reader, [NotNullWhen(true)] out ChunkLease? lease)
    {
        lease = null;
        return Logs is { } logs && (logs.Main.TryGet(id, reader, out lease) || logs.Small?.TryGet(id, reader, out lease) == true);
    }

    /// <summary>Stores a chunk that is not stored yet, unless the write budget keeps it out. The payload is the drive's until this completes.</summary>
    /// <param name="what">On whose account it is stored.</param>
    /// <param name="id">The chunk.</param>
    /// <param name="payload">Its bytes, from 1 to <see cref="ChunkGeometry.PayloadSize"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<AppendOutcome> AppendAsync(Origination what, ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (Logs is not { } logs)
            return AppendOutcome.Unavailable;

        var organization = logs.Shares.NumberOf(what.Organization);
        var size = ChunkGeometry.RecordSizeOf(payload.Length);
        if (!logs.Shares.TryAdmit(organization, size))
        {
            logs.TrimSoon(organization, size);
            _policy.Refuses(id.Hash);
            return AppendOutcome.NotAdmitted;
        }

        try
        {
            return await AdmitAsync(logs, organization, what, id, payload, cancellationToken);
        }
        finally
        {
            logs.Shares.Written(organization, size);
        }
    }

    private async ValueTask<AppendOutcome> AdmitAsync(
        DriveLogs logs, ushort organization, Origination what, ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var touches = TouchesOf(what);
        var size = ChunkGeometry.RecordSizeOf(payload.Length);
        switch (what.IsOrdered ? _policy.AdmitOrdered(id.Hash, size) : _policy.Admit(id.Hash, size, logs.Main.IsGrowing))
        {
            case Admission.Main:
                return Outcome(await logs.Main.AppendAsync(id, payload, cancellationToken, touches, organization));
            case Admission.Small:
                return Outcome(await (logs.Small ?? logs.Main).AppendAsync(id, payload, cancellationToken, touches, organization));
            case Admission.Refused:
                _metrics.NotAdmitted();
                return AppendOutcome.NotAdmitted;
            default:
                throw new InvalidOperationException("An admission without a place.");
        }

        static AppendOutcome Outcome(bool stored) => stored ? AppendOutcome.Stored : AppendOutcome.Unavailable;
    }

    /// <summary>Stores blocks that are not stored yet, unless the write budget keeps them out. The payload is the drive's until this completes.</summary>
    /// <param name="what">On whose account they are stored.</param>
    /// <param name="chunk">The chunk that they are part of.</param>
    /// <param name="firstBlock">The number of the first.</param>
    /// <param name="payload">Whole blocks; the object's last may be short.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<AppendOutcome> AppendBlocksAsync(
        Origination what, ChunkId chunk, int firstBlock, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (Logs is not { Blocks: { } blocks } logs)
            return AppendOutcome.Unavailable;

        var organization = logs.Shares.NumberOf(what.Organization);
        var size = payload.Length + (ChunkGeometry.BlocksOf(payload.Length) * (BlockRecord.HeaderSize * 2));
        if (!logs.Shares.TryAdmit(organization, size))
        {
            logs.TrimSoon(organization, size);
            return AppendOutcome.NotAdmitted;
        }

        try
        {
            return await blocks.AppendAsync(chunk, firstBlock, payload, organization, TouchesOf(what), cancellationToken);
        }
        finally
        {
            logs.Shares.Written(organization, size);
        }
    }

    /// <summary>Drops a chunk; its space returns when its segment is evicted.</summary>
    public bool Remove(ChunkId id)
    {
        if (Logs is not { } logs)
            return false;

        var stored = logs.Main.Contains(id) || logs.Small?.Contains(id) == true;
        logs.Main.Remove(id);
        logs.Small?.Remove(id);
        return stored;
    }

    /// <summary>Completes when no organization's chunks are giving way to its cap.</summary>
    public Task WhenTrimmedAsync() => Logs?.WhenTrimmedAsync() ?? Task.CompletedTask;

    /// <summary>Flushes and closes the drive, in bounded time; leases that are still held stay good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watch;
        if (Interlocked.Exchange(ref _logs, null) is { } logs)
            await logs.DisposeAsync();
    }

    private Touches TouchesOf(Origination what) =>
        Touches.By(what.Reader, Touches.TickOf(_time.GetElapsedTime(0, _time.GetTimestamp())), (byte)(what.Shared ? 1 : 0));

    private static long? WriteRate(long capacity, double writesPerDay) =>
        writesPerDay <= 0 ? null : (long)Math.Max(1, capacity * writesPerDay / TimeSpan.SecondsPerDay);

    // FNV-1a: the same in every process.
    private static ulong SeedOf(string name) =>
        ChunkId.Mix(Encoding.UTF8.GetBytes(name).Aggregate(0xCBF29CE484222325, static (hash, next) => (hash ^ next) * 0x100000001B3));

    private async Task WatchAsync()
    {
        var delay = _options.RebuildDelay;
        try
        {
            while (true)
            {
                var logs = Volatile.Read(ref _logs);
                await Task.Delay(logs is null ? delay : CheckInterval, _time, _stopping.Token);
                if (logs is null)
                {
                    delay = delay * 2 > _options.MaxRebuildDelay ? _options.MaxRebuildDelay : delay * 2;
                    if (await TryOpenAsync(_stopping.Token) is null)
                        _logger.Back(Name, Statistics.LiveChunks);
                }
                else if (FaultOf(logs) is { } fault)
                {
                    // One that fails again at once is tried ever more rarely.
                    if (_time.GetElapsedTime(_openedAt) > _options.MaxRebuildDelay)
                        delay = _options.RebuildDelay;
                    await CloseAsync(logs, fault);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The cache is being disposed.
        }
    }

    private static string? FaultOf(DriveLogs logs) =>
        !logs.IsPresent ? "its directory is gone" : logs.FailedReads >= MaxFailedReads ? "its reads fail" : null;

    private async Task CloseAsync(DriveLogs logs, string reason)
    {
        Volatile.Write(ref _logs, null);
        _logger.Lost(Name, reason);
        await logs.DisposeAsync();

        // A write that is still under way must not land in what is opened next.
        await logs.WhenQuietAsync().WaitAsync(_stopping.Token);
    }

    private async Task<Exception?> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_options.CreateDirectory && !Directory.Exists(Name))
                return new DirectoryNotFoundException($"there is no directory {Name}");

            // What is not where it was when it was last opened is not the drive, but the directory that it was mounted on.
            var mount = MountPoint.Of(Name);
            if (_mount is not null && _mount != mount)
                return new IOException($"{Name} is not mounted");

            Volatile.Write(ref _logs, await DriveLogs.OpenAsync(_options, _cache, _policy, _pins, _metrics, _blockMetrics, _time, _loggerFactory, cancellationToken));
            (_mount, _openedAt) = (mount, _time.GetTimestamp());
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }
}
