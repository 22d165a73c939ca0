using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text.Json;
using EdgeCache.Shared.Replication;
using Microsoft.Extensions.Caching.Hybrid;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>
/// The framework's HybridCache with memory first and a FASTER log behind it, so that a restart is warm. Values are shared between callers:
/// cache only immutable types. Two promises go beyond the base class: a value whose work started before its key or one of its tags was
/// removed is never cached, and callers who come after a removal never join work that started before it.
/// </summary>
internal sealed class FasterHybridCache : HybridCache, IAsyncDisposable
{
    private static readonly string[] NoTags = [];

    private readonly FasterHybridCacheOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly InvalidationClock clock;
    private readonly LocalEntries local;
    private readonly MetadataLog? disk;
    private readonly SerializerTable serializers;
    private readonly MemoryMetrics metrics;
    private readonly ConcurrentDictionary<FlightKey, Flight> flights = new();
    private int disposed;

    private FasterHybridCache(
        FasterHybridCacheOptions options, IServiceProvider? services, TimeProvider time, ILogger logger, IMeterFactory? meterFactory, InvalidationClock clock, MetadataLog? disk)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        this.clock = clock;
        this.disk = disk;
        local = new LocalEntries(options.MaxEntries, options.MaxBytes);
        serializers = new SerializerTable(services, new JsonSerializerOptions(InternalJson.Default.Options)
        {
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        });
        metrics = new MemoryMetrics(
            meterFactory, () => Volatile.Read(ref disposed) != 0 ? null : (local.Count, local.Bytes, disk?.Count ?? 0, disk?.DiskBytes ?? 0));
    }

    /// <summary>Entries in memory.</summary>
    public int LocalCount => local.Count;

    /// <summary>Bytes in memory, estimated.</summary>
    public long LocalBytes => local.Bytes;

    /// <summary>Entries in the log.</summary>
    public int DiskCount => disk?.Count ?? 0;

    /// <summary>Disk space accounted to the log, in bytes.</summary>
    public long DiskBytes => disk?.DiskBytes ?? 0;

    /// <summary>Opens the cache, with what an earlier process left in the directory.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="services">Where serializers are registered; null: JSON for all.</param>
    /// <param name="time">The clock of expiry.</param>
    /// <param name="loggerFactory">Makes the log.</param>
    /// <param name="meterFactory">Makes the meter; null: no metrics.</param>
    /// <exception cref="ArgumentException">The options are out of range; the message names every fault.</exception>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public static async Task<FasterHybridCache> OpenAsync(
        FasterHybridCacheOptions options, IServiceProvider? services, TimeProvider time, ILoggerFactory loggerFactory, IMeterFactory? meterFactory)
    {
        var faults = options.Validate().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));

        var logger = loggerFactory.CreateLogger<FasterHybridCache>();
        var clock = new InvalidationClock();
        var disk = options.Directory is null ? null : await MetadataLog.OpenAsync(options, clock, time, logger);
        logger.MetadataCacheOpened(disk?.Count ?? 0);
        return new FasterHybridCache(options, services, time, logger, meterFactory, clock, disk);
    }

    /// <inheritdoc/>
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);

        var flags = options?.Flags ?? HybridCacheEntryFlags.None;
        if ((flags & HybridCacheEntryFlags.DisableLocalCacheRead) == 0 && local.TryGet(key, out var entry) && TryUse<T>(entry, out var value))
            return new ValueTask<T>(value);

        // A mere look-up of what is nowhere needs no work that others could share.
        const HybridCacheEntryFlags disklessLook = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableDistributedCacheRead;
        if ((flags & HybridCacheEntryFlags.DisableUnderlyingData) != 0 &&
            ((flags & disklessLook) == disklessLook || disk is null || !disk.MayContain(key)))
        {
            metrics.LookedUp(LookupOutcome.Miss);
            return default;
        }

        return FetchAsync(key, state, factory, options, tags, flags, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        var flags = options?.Flags ?? HybridCacheEntryFlags.None;
        if (!cancellationToken.IsCancellationRequested &&
            (flags & HybridCacheEntryFlags.DisableLocalCacheRead) == 0 &&
            local.TryGet(key, out var entry) &&
            TryUse<T>(entry, out var value))
        {
            return new ValueTask<T>(value);
        }

        return GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);
    }

    /// <summary>Finds a value in memory: what <see cref="GetOrCreateAsync{TState, T}(ReadOnlySpan{char}, TState, Func{TState, CancellationToken, ValueTask{T}}, HybridCacheEntryOptions?, IEnumerable{string}?, CancellationToken)"/> looks at first, without the dispatch of a generic virtual method.</summary>
    public bool TryGetLocal<T>(ReadOnlySpan<char> key, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return local.TryGet(key, out var entry) && TryUse(entry, out value);
    }

    /// <inheritdoc/>
    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);

        // Work that is under way has an older value than this one, and so has a tier that this one does not go to.
        var started = clock.RemoveKey(key);
        var flags = options?.Flags ?? HybridCacheEntryFlags.None;
        if ((flags & HybridCacheEntryFlags.DisableLocalCacheWrite) != 0)
            local.Remove(key);
        if ((flags & HybridCacheEntryFlags.DisableDistributedCacheWrite) != 0)
            disk?.Remove(key, started);

        Store(key, value, options, ToArray(tags), started);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        // The clock first: whoever stores afterwards looks at it again after storing.
        var removed = clock.RemoveKey(key);
        local.Remove(key);
        disk?.Remove(key, removed);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var removed = clock.RemoveTag(tag);
        disk?.RemoveTag(tag, removed);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Completes when all removals up to here are durable. False when they could not be made so: then a restart may bring values back that
    /// were removed, and whoever notes how far it has applied removals must not note this one.
    /// </summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken = default) => disk?.FlushAsync(cancellationToken) ?? ValueTask.FromResult(true);

    /// <summary>Commits what is left and closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0 && disk is not null)
            await disk.DisposeAsync();
    }

    private static string[] ToArray(IEnumerable<string>? tags) => tags switch
    {
        null => NoTags,
        string[] array => array,
        _ => [.. tags],
    };

    private bool TryUse<T>(LocalEntry found, [MaybeNullWhen(false)] out T value)
    {
        if (found is LocalEntry<T> entry && entry.Expires > time.GetTimestamp() && clock.AreTagsCurrent(entry.Tags, entry.Started))
        {
            entry.Touch();
            metrics.LookedUp(LookupOutcome.Memory);
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    private ValueTask<T> FetchAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? entryOptions,
        IEnumerable<string>? tagList,
        HybridCacheEntryFlags flags,
        CancellationToken cancellationToken)
    {
        var tags = ToArray(tagList);
        var flightKey = new FlightKey(key, flags, typeof(T));
        while (true)
        {
            // A flight that was overtaken by a removal goes on for those who came before it.
            flights.TryGetValue(flightKey, out var present);
            if (present is Flight<T> flight && clock.IsCurrent(key, tags, flight.Started) && flight.TryJoin())
                return flight.WaitAsync(cancellationToken);

            flight = new Flight<T>(flightKey, clock.Now, Ended);
            if (present is null ? flights.TryAdd(flightKey, flight) : flights.TryUpdate(flightKey, flight, present))
            {
                flight.Start(
                    (Cache: this, State: state, Factory: factory, Options: entryOptions, Tags: tags),
                    static (work, self, abandoned) => work.Cache.ProduceAsync(self, work.State, work.Factory, work.Options, work.Tags, abandoned));
                return flight.WaitAsync(cancellationToken);
            }
        }
    }

    private void Ended(Flight flight) => flights.TryRemove(KeyValuePair.Create(flight.Key, flight));

    // The work of a flight: disk, then the factory.
    private async ValueTask<T> ProduceAsync<TState, T>(
        Flight<T> flight,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? entryOptions,
        string[] tags,
        CancellationToken cancellationToken)
    {
        var (key, flags, _) = flight.Key;
        if (disk is not null &&
            (flags & HybridCacheEntryFlags.DisableDistributedCacheRead) == 0 &&
            await disk.TryGetAsync(key, cancellationToken) is { } record &&
            TryDeserialize<T>(record, out var stored))
        {
            metrics.LookedUp(LookupOutcome.Disk);
            var left = TimeSpan.FromMilliseconds(record.ExpiresUnixMilliseconds - time.GetUtcNow().ToUnixTimeMilliseconds());
            if ((flags & HybridCacheEntryFlags.DisableLocalCacheWrite) == 0)
                SetLocal(key, stored, record.Tags, flight.Started, Shorter(left, entryOptions?.LocalCacheExpiration), record.Value.Length);

            return stored;
        }

        metrics.LookedUp(LookupOutcome.Miss);
        if ((flags & HybridCacheEntryFlags.DisableUnderlyingData) != 0)
            return default!;

        var value = await factory(state, cancellationToken);
        Store(key, value, entryOptions, tags, flight.Started);
        return value;
    }

    private void Store<T>(string key, T value, HybridCacheEntryOptions? entryOptions, string[] tags, long started)
    {
        const HybridCacheEntryFlags nowhere = HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite;
        var flags = entryOptions?.Flags ?? HybridCacheEntryFlags.None;
        var expiration = entryOptions?.Expiration ?? options.DefaultExpiration;
        if ((flags & nowhere) == nowhere || expiration <= TimeSpan.Zero || !clock.IsCurrent(key, tags, started))
            return;

        var buffer = new ArrayBufferWriter<byte>();
        serializers.For<T>().Serialize(value, buffer);
        if (buffer.WrittenCount > options.MaxValueBytes)
        {
            // What is stored under this key is older than the value that does not fit.
            local.Remove(key);
            disk?.Remove(key, started);
            return;
        }

        if ((flags & HybridCacheEntryFlags.DisableLocalCacheWrite) == 0)
            SetLocal(key, value, tags, started, Shorter(expiration, entryOptions?.LocalCacheExpiration), buffer.WrittenCount);
        if (disk is not null && (flags & HybridCacheEntryFlags.DisableDistributedCacheWrite) == 0)
        {
            var expires = (time.GetUtcNow() + Shorter(expiration, TimeSpan.FromDays(3650))).ToUnixTimeMilliseconds();
            disk.Set(new MetadataRecord(MetadataRecordKind.Value, key, tags, started, expires, buffer.WrittenMemory));
            // A removal between the check above and here has cleared the table before this value came into it.
            if (!clock.IsCurrent(key, tags, started))
                disk.Remove(key, clock.Now);
        }
    }

    private void SetLocal<T>(string key, T value, string[] tags, long started, TimeSpan expiration, int bytes)
    {
        var ticks = (long)Math.Min(expiration.TotalSeconds * time.TimestampFrequency, long.MaxValue / 2);
        var size = LocalEntry.Overhead + (sizeof(char) * key.Length) + tags.Sum(static tag => sizeof(char) * tag.Length) + bytes;
        var entry = new LocalEntry<T>(key, tags, started, time.GetTimestamp() + ticks, size, value);
        local.Set(entry);
        if (!clock.IsCurrent(key, tags, started))
            local.Remove(entry);
    }

    private bool TryDeserialize<T>(MetadataRecord record, [MaybeNullWhen(false)] out T value)
    {
        try
        {
            value = serializers.For<T>().Deserialize(new ReadOnlySequence<byte>(record.Value));
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException or NotSupportedException)
        {
            // Another version of the program, or another type, wrote it.
            logger.ValueUnreadable(e, typeof(T).Name);
            value = default;
            return false;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan? other) => other is { } second && second < one ? second : one;
}
