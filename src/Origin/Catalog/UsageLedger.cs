using System.Runtime.InteropServices;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>
/// Counts what buckets and their owners hold while mutations run, on the writer's thread alone. A batch writes one row for each bucket that it
/// touched, however many mutations did, so counting costs a group commit next to nothing. Since one thread decides all mutations, what it knows
/// of an owner is exact, and no two writers can pass a quota together.
/// </summary>
internal sealed class UsageLedger
{
    /// <summary>Owners whose sum is remembered; beyond, all are forgotten and summed again when they next write.</summary>
    public const int MaxOwners = 10_000;

    private readonly Dictionary<long, UsageChange> _batch = [];
    private readonly Dictionary<string, long> _bytesByOwner = new(StringComparer.Ordinal);
    private readonly List<Entry> _running = [];

    /// <summary>Notes a change by the running mutation.</summary>
    public void Add(SqlSession sql, long bucketId, string owner, UsageChange change)
    {
        // The sum is read before the first change of an owner is noted, so what a batch has not written yet is never missing from it, nor in it twice.
        _ = BytesOf(sql, owner);
        _running.Add(new Entry(bucketId, owner, change));
    }

    /// <summary>Whether the running mutation grew what the owner holds to more than a quota. What does not grow it never exceeds.</summary>
    public bool Exceeds(SqlSession sql, string owner, long? quotaBytes)
    {
        if (quotaBytes is not { } quota)
        {
            return false;
        }

        var growth = 0L;
        foreach (var entry in _running)
        {
            growth += entry.Owner == owner ? entry.Change.Bytes : 0;
        }

        return growth > 0 && BytesOf(sql, owner) + growth > quota;
    }

    /// <summary>The running mutation succeeded.</summary>
    public void Keep()
    {
        foreach (var entry in _running)
        {
            ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(_batch, entry.BucketId, out _);
            change += entry.Change;
            _bytesByOwner[entry.Owner] += entry.Change.Bytes;
        }

        _running.Clear();
    }

    /// <summary>The running mutation was rolled back.</summary>
    public void Drop() => _running.Clear();

    /// <summary>Writes what the batch changed, within its transaction.</summary>
    public void Write(SqlSession sql)
    {
        foreach (var (bucketId, change) in _batch)
        {
            UsageRows.Add(sql, bucketId, change);
        }

        _batch.Clear();
        if (_bytesByOwner.Count > MaxOwners)
        {
            _bytesByOwner.Clear();
        }
    }

    /// <summary>The transaction was given up: only the database knows what holds.</summary>
    public void Reset()
    {
        _running.Clear();
        _batch.Clear();
        _bytesByOwner.Clear();
    }

    private long BytesOf(SqlSession sql, string owner)
    {
        if (!_bytesByOwner.TryGetValue(owner, out var bytes))
        {
            bytes = UsageRows.BytesOf(sql, owner);
            _bytesByOwner.Add(owner, bytes);
        }

        return bytes;
    }

    private readonly record struct Entry(long BucketId, string Owner, UsageChange Change);
}
