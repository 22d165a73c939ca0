using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>
/// The values in memory, bounded by number and by bytes. Reads take no lock. Who has to go is decided by CLOCK: entries stand in a ring in
/// the order in which they came, and one that was hit since the hand passed it last gets another round.
/// </summary>
internal sealed class LocalEntries
{
    private readonly int maxEntries;
    private readonly long maxBytes;
    private readonly ConcurrentDictionary<string, LocalEntry> table = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalEntry>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private readonly Queue<LocalEntry> ring = new();
    private readonly Lock gate = new();
    private long bytes;
    private int count;

    /// <summary>Makes an empty table.</summary>
    /// <param name="maxEntries">The most entries.</param>
    /// <param name="maxBytes">The most bytes, as entries count them.</param>
    public LocalEntries(int maxEntries, long maxBytes)
    {
        (this.maxEntries, this.maxBytes) = (maxEntries, maxBytes);
        bySpan = table.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Entries in memory.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>What they count for, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Finds an entry, whatever its age.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out LocalEntry? entry) => table.TryGetValue(key, out entry);

    /// <summary>Finds an entry without a string for the key.</summary>
    public bool TryGet(ReadOnlySpan<char> key, [NotNullWhen(true)] out LocalEntry? entry) =>
        bySpan.TryGetValue(key, out entry);

    /// <summary>Adds or replaces an entry, and lets others go for it. One that is too large by itself is not taken.</summary>
    public void Set(LocalEntry entry)
    {
        lock (gate)
        {
            Drop(entry.Key, null);
            if (entry.Size > maxBytes)
                return;

            table[entry.Key] = entry;
            ring.Enqueue(entry);
            count++;
            Interlocked.Add(ref bytes, entry.Size);
            while (count > maxEntries || bytes > maxBytes)
                Advance();

            // Entries that were removed stay in the ring until the hand comes by: not more of them than of live ones.
            while (ring.Count > (2 * count) + 16)
                Advance();
        }
    }

    /// <summary>Removes a key.</summary>
    public void Remove(string key)
    {
        lock (gate)
            Drop(key, null);
    }

    /// <summary>Removes an entry unless another one has its key.</summary>
    public void Remove(LocalEntry entry)
    {
        lock (gate)
            Drop(entry.Key, entry);
    }

    private void Advance()
    {
        var entry = ring.Dequeue();
        if (entry.Gone)
            return;

        if (entry.TakeTouch())
            ring.Enqueue(entry);
        else
            Drop(entry.Key, entry);
    }

    private void Drop(string key, LocalEntry? expected)
    {
        if (!table.TryGetValue(key, out var entry) || (expected is not null && expected != entry))
            return;

        table.TryRemove(key, out _);
        entry.Gone = true;
        count--;
        Interlocked.Add(ref bytes, -entry.Size);
    }
}
