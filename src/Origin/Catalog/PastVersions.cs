using System.Collections.Concurrent;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Origin.Catalog;

/// <summary>
/// Versions that were replaced or deleted a short while ago, for the reads that had begun before: an edge fetches an object in pieces, by
/// generation, and the pieces after the overwrite are still those of the version that its client's answer began with. Nobody else gets to them.
/// Kept in memory, bounded by time and weight: what was forgotten breaks a read off, as a deletion does once the bytes are gone.
/// </summary>
internal sealed class PastVersions(TimeProvider time)
{
    /// <summary>
    /// How long after its end a version can be read on. Shorter than <see cref="Maintenance.MaintenanceOptions.GarbageGrace"/>, by which the bytes stay,
    /// so that a read that begins at the last moment has them.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>The most that is kept, counted in versions, the segments and parts of each, and 256 bytes of small ones: some tens of megabytes.</summary>
    public const int MaxWeight = 200_000;

    private const int BytesPerWeight = 256;

    private readonly ConcurrentDictionary<Generation, StoredVersion> _versions = [];
    private readonly Queue<(Generation Generation, long At)> _order = [];
    private readonly Lock _lock = new();
    private int _weight;

    /// <summary>Keeps a version that is about to end. When its mutation is rolled back after all, this has told nothing untrue.</summary>
    public void Add(StoredVersion version)
    {
        lock (_lock)
        {
            var weight = Weight(version);
            DropUntil(MaxWeight - weight);
            if (weight <= MaxWeight && _versions.TryAdd(version.Facts.Generation, version))
            {
                _order.Enqueue((version.Facts.Generation, time.GetTimestamp()));
                _weight += weight;
            }
        }
    }

    /// <summary>The version of a key that had this generation; null when it never had, or has ended too long ago.</summary>
    public StoredVersion? Find(string bucket, string key, Generation generation)
    {
        lock (_lock)
        {
            DropUntil(MaxWeight);
        }

        return _versions.GetValueOrDefault(generation) is { } version && version.Facts.Bucket == bucket && version.Facts.Key == key ? version : null;
    }

    private static int Weight(StoredVersion version) =>
        1 + version.Segments.Length + version.Segments.Sum(static s => (s.Content?.Length ?? 0) / BytesPerWeight) +
        version.Facts.PartSizes.Length + version.Facts.PartChecksums.Length;

    private void DropUntil(int weight)
    {
        while (_order.TryPeek(out var oldest) && (_weight > weight || time.GetElapsedTime(oldest.At) > Grace))
        {
            _order.Dequeue();
            _versions.TryRemove(oldest.Generation, out var version);
            _weight -= Weight(version!);
        }
    }
}
