using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Storage.Pins;

/// <summary>
/// Which versions of which objects outlive every eviction and purge, until they are released or expire. A pin fetches nothing: it keeps what is here, and
/// what comes. Kept in a file, which each change replaces before it is in force. Safe for concurrent use.
/// </summary>
internal sealed class PinTable
{
    /// <summary>The usual name of the file.</summary>
    public const string FileName = "pins.json";

    /// <summary>The most pins: each change writes all of them.</summary>
    public const int MaxPins = 20_000;

    private readonly ConcurrentDictionary<Generation, Pin> _pins = new();
    private readonly ConcurrentDictionary<ulong, Generation> _small = new();
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly PinLimits _limits;
    private readonly TimeProvider _time;

    private PinTable(string path, PinLimits limits, TimeProvider time) => (_path, _limits, _time) = (path, limits, time);

    /// <summary>Opens the table with what an earlier process left.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much may be pinned. What is pinned beyond them already stays so.</param>
    /// <param name="time">The clock of expiry.</param>
    /// <param name="isDamaged">Whether the file was damaged: then nothing is pinned, and the next pin replaces it.</param>
    public static PinTable Open(string path, PinLimits limits, TimeProvider time, out bool isDamaged)
    {
        var table = new PinTable(path, limits, time);
        var pins = PinFile.TryRead(path);
        isDamaged = pins is null;
        foreach (var pin in pins ?? [])
            table.Add(pin);

        return table;
    }

    /// <summary>The pins in force, by bucket and key.</summary>
    public IReadOnlyList<Pin> List()
    {
        var now = _time.GetUtcNow();
        return [.. _pins.Values.Where(pin => IsInForce(pin, now)).OrderBy(static pin => pin.Bucket, StringComparer.Ordinal).ThenBy(static pin => pin.Key, StringComparer.Ordinal)];
    }

    /// <summary>The disk space of all that is pinned, whether it is here or not.</summary>
    public long PinnedBytes => List().Sum(static pin => DiskBytesOf(pin.Size));

    /// <summary>How much disk space may be pinned, of large and small objects together.</summary>
    public long MaxBytes => _limits.ChunkBytes + _limits.BlockBytes;

    /// <summary>Whether any object of more than one block is pinned.</summary>
    public bool HasLarge => _pins.Count > _small.Count;

    /// <summary>Pins a version of an object, or changes until when it is pinned.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="version">Which version, exactly.</param>
    /// <param name="expiresAt">Until when; null: until it is released.</param>
    /// <param name="by">Who asks, for others to know.</param>
    /// <param name="refusal">Why not, as a sentence.</param>
    public bool TryPin(string bucket, string key, VersionFacts version, DateTimeOffset? expiresAt, string by, [NotNullWhen(false)] out string? refusal) =>
        TryPin([(bucket, key, version)], expiresAt, by, out refusal);

    /// <summary>Pins several versions, all or none.</summary>
    /// <param name="objects">Buckets, keys and versions.</param>
    /// <param name="expiresAt">Until when; null: until they are released.</param>
    /// <param name="by">Who asks, for others to know.</param>
    /// <param name="refusal">Why not, as a sentence.</param>
    public bool TryPin(
        IReadOnlyList<(string Bucket, string Key, VersionFacts Version)> objects, DateTimeOffset? expiresAt, string by, [NotNullWhen(false)] out string? refusal)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            refusal = null;
            if (expiresAt <= now)
                refusal = "The pin would have expired already.";
            else if (objects.Any(static o => o.Version.IsDeleteMarker || o.Version.Size == 0))
                refusal = "A version without bytes has nothing to pin.";
            if (refusal is not null)
                return false;

            var wanted = List().ToDictionary(static pin => pin.Generation);
            foreach (var (bucket, key, version) in objects)
            {
                var since = wanted.TryGetValue(version.Generation, out var existing) ? existing.Since : now;
                wanted[version.Generation] = new Pin(bucket, key, version.VersionId, version.Generation, version.Size, since, expiresAt, by);
            }

            if ((refusal = Exceeded(wanted.Values)) is not null)
                return false;

            if (!PinFile.TryWrite(_path, wanted.Values))
            {
                refusal = "The list of pins cannot be written.";
                return false;
            }

            Replace(wanted);
            return true;
        }
    }

    /// <summary>Releases an object, or one version of it; returns how many versions were pinned. They stay until their turn to be evicted comes.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="generation">Which version; null: all.</param>
    /// <exception cref="IOException">The list of pins cannot be written; nothing was released.</exception>
    public int Release(string bucket, string key, Generation? generation = null)
    {
        lock (_gate)
        {
            var pins = List();
            var kept = pins.Where(pin => pin.Bucket != bucket || pin.Key != key || (generation is { } one && pin.Generation != one)).ToDictionary(static pin => pin.Generation);
            if (kept.Count == pins.Count)
                return 0;

            if (!PinFile.TryWrite(_path, kept.Values))
                throw new IOException("The list of pins cannot be written.");

            Replace(kept);
            return pins.Count - kept.Count;
        }
    }

    /// <summary>Whether an object's chunks must stay.</summary>
    public bool IsPinned(Generation generation) => !_pins.IsEmpty && _pins.TryGetValue(generation, out var pin) && IsInForce(pin, _time.GetUtcNow());

    /// <summary>Whether a block is a pinned object of a single block, by its <see cref="BlockKey.Hash"/>.</summary>
    public bool IsPinnedObject(ulong blockHash) => !_small.IsEmpty && _small.TryGetValue(blockHash, out var generation) && IsPinned(generation);

    /// <summary>The disk space that an object takes when it is here.</summary>
    public static long DiskBytesOf(long size)
    {
        if (size <= ChunkGeometry.BlockSize)
            return BlockRecord.SizeOf((int)size);

        var full = size / ChunkGeometry.PayloadSize;
        var rest = (int)(size % ChunkGeometry.PayloadSize);
        return (full * ChunkGeometry.RecordSize) + (rest == 0 ? 0 : ChunkGeometry.RecordSizeOf(rest));
    }

    private static bool IsInForce(Pin pin, DateTimeOffset now) => pin.ExpiresAt is not { } end || now < end;

    private static bool IsSmall(long size) => size <= ChunkGeometry.BlockSize;

    private string? Exceeded(Dictionary<Generation, Pin>.ValueCollection pins)
    {
        if (pins.Count > MaxPins)
            return string.Create(CultureInfo.InvariantCulture, $"There would be {pins.Count} pins; at most {MaxPins} are possible.");

        var small = pins.Where(static pin => IsSmall(pin.Size)).Sum(static pin => DiskBytesOf(pin.Size));
        var large = pins.Where(static pin => !IsSmall(pin.Size)).Sum(static pin => DiskBytesOf(pin.Size));
        return large > _limits.ChunkBytes ? Over(large, _limits.ChunkBytes, "objects over 64 KiB")
            : small > _limits.BlockBytes ? Over(small, _limits.BlockBytes, "objects of up to 64 KiB")
            : null;

        static string Over(long bytes, long limit, string what) =>
            string.Create(CultureInfo.InvariantCulture, $"Pinned {what} would take {bytes} bytes; at most {limit} may be pinned (MaxPinnedShare).");
    }

    private void Replace(Dictionary<Generation, Pin> wanted)
    {
        foreach (var pin in wanted.Values)
            Add(pin);

        foreach (var pin in _pins.Values)
        {
            if (!wanted.ContainsKey(pin.Generation))
                Remove(pin);
        }
    }

    private void Add(Pin pin)
    {
        _pins[pin.Generation] = pin;
        if (IsSmall(pin.Size))
            _small[HashOf(pin)] = pin.Generation;
    }

    private void Remove(Pin pin)
    {
        _pins.TryRemove(pin.Generation, out _);
        _small.TryRemove(HashOf(pin), out _);
    }

    private static ulong HashOf(Pin pin) => new BlockKey(new ChunkId(pin.Generation, 0), 0).Hash;
}
