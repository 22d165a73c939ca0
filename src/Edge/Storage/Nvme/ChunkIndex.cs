using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// Which chunks are stored, where, which of their blocks were verified, and how often each was touched: a hash table in memory, in shards with a
/// lock each. A chunk takes about 74 bytes, that is 18 MB per TB of full chunks (docs/performance.md).
/// </summary>
/// <param name="usage">Where the disk space of chunks is accounted; null: nowhere.</param>
internal sealed class ChunkIndex(OrganizationUsage? usage = null)
{
    private const int ShardBits = 4;

    private readonly Shard[] shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(_ => new Shard())];

    /// <summary>The number of chunks.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var shard in shards)
            {
                lock (shard.Gate)
                    count += shard.Chunks.Count;
            }

            return count;
        }
    }

    /// <summary>Makes room for so many chunks, so that a start does not grow the table step by step.</summary>
    public void EnsureCapacity(int count)
    {
        // Shards are not filled quite evenly.
        var each = (count >> ShardBits) + (count >> (ShardBits + 4));
        foreach (var shard in shards)
        {
            lock (shard.Gate)
                shard.Chunks.EnsureCapacity(each);
        }
    }

    /// <summary>Finds a chunk.</summary>
    public bool TryGet(ChunkId id, out ChunkLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Chunks, id);
            return Found(ref slot, out location);
        }
    }

    /// <summary>Finds a chunk for a reader, and notes that it was wanted.</summary>
    /// <param name="id">The chunk.</param>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="tick">Now, by <see cref="Touches.TickOf"/>.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="verified">What <see cref="MarkVerified"/> noted of it.</param>
    public bool TryTouch(ChunkId id, byte reader, ushort tick, out ChunkLocation location, out ulong verified)
    {
        verified = 0;
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Chunks, id);
            if (!Found(ref slot, out location))
                return false;

            slot.Touches.Add(reader, tick);
            verified = slot.Verified;
            return true;
        }
    }

    /// <summary>Notes that blocks of a chunk were found intact at <paramref name="location"/>; a set as of <see cref="BlockMask"/>.</summary>
    public void MarkVerified(ChunkId id, ChunkLocation location, ulong blocks)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Chunks, id);
            if (Found(ref slot, out var current) && current == location)
                slot.Verified |= blocks;
        }
    }

    /// <summary>Adds a chunk, or moves it to a newer record.</summary>
    public void Set(ChunkId id, ChunkLocation location, Touches touches = default, ushort organization = 0)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(shard.Chunks, id, out var existed);
            if (existed)
                Account(slot, -1);

            slot = new Slot(location, organization, touches);
            Account(slot, 1);
        }
    }

    /// <summary>Moves a chunk to a newer record; false when it is no longer at <paramref name="from"/>.</summary>
    public bool TryMove(ChunkId id, ChunkLocation from, ChunkLocation to, Touches touches)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Chunks, id);
            if (!Found(ref slot, out var current) || current != from)
                return false;

            slot = new Slot(to, slot.Organization, touches);
            return true;
        }
    }

    /// <summary>Drops a chunk.</summary>
    public bool Remove(ChunkId id)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (!shard.Chunks.Remove(id, out var slot))
                return false;

            Account(slot, -1);
            return true;
        }
    }

    /// <summary>Drops a chunk unless it has moved away from <paramref name="location"/> meanwhile.</summary>
    public bool Remove(ChunkId id, ChunkLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (!shard.Chunks.TryGetValue(id, out var slot) || slot.Location != location)
                return false;

            shard.Chunks.Remove(id);
            Account(slot, -1);
            return true;
        }
    }

    /// <summary>Drops the chunks that <paramref name="condition"/> names, and returns their number.</summary>
    public int RemoveWhere(Func<ChunkLocation, bool> condition)
    {
        var removed = 0;
        foreach (var shard in shards)
        {
            lock (shard.Gate)
            {
                foreach (var (id, slot) in shard.Chunks)
                {
                    if (condition(slot.Location) && shard.Chunks.Remove(id))
                    {
                        Account(slot, -1);
                        removed++;
                    }
                }
            }
        }

        return removed;
    }

    /// <summary>Copies what <paramref name="condition"/> names; each shard is consistent in itself.</summary>
    public List<StoredChunk> Where(Func<ChunkLocation, bool> condition)
    {
        var found = new List<StoredChunk>();
        foreach (var shard in shards)
        {
            lock (shard.Gate)
            {
                foreach (var (id, slot) in shard.Chunks)
                {
                    if (condition(slot.Location))
                        found.Add(slot.Of(id));
                }
            }
        }

        return found;
    }

    /// <summary>Copies the whole table, as a journal would tell of it; each shard is consistent in itself.</summary>
    public List<JournalEntry> Snapshot() =>
        Where(static _ => true).ConvertAll(static chunk => new JournalEntry(JournalEntryKind.Stored, chunk.Id, chunk.Location, chunk.Organization));

    /// <summary>The segments in which an organization has chunks.</summary>
    public SortedSet<long> SegmentsOf(ushort organization, long segmentSize)
    {
        var found = new SortedSet<long>();
        foreach (var shard in shards)
        {
            lock (shard.Gate)
            {
                foreach (var slot in shard.Chunks.Values)
                {
                    if (slot.Organization == organization)
                        found.Add(slot.Location.Address / segmentSize);
                }
            }
        }

        return found;
    }

    private void Account(in Slot slot, int sign) => usage?.Add(slot.Organization, sign * (long)ChunkGeometry.RecordSizeOf(slot.Location.Length));

    private static bool Found(ref Slot slot, out ChunkLocation location)
    {
        if (Unsafe.IsNullRef(ref slot))
        {
            location = default;
            return false;
        }

        location = slot.Location;
        return true;
    }

    private Shard ShardOf(ChunkId id) =>
        shards[(id.Generation.Low + (ulong)id.Index) * 0x9E3779B97F4A7C15 >> (64 - ShardBits)];

    private sealed class Shard
    {
        public Lock Gate { get; } = new();

        public Dictionary<ChunkId, Slot> Chunks { get; } = [];
    }

    // Twenty-four bytes: the touches lie where the location would be padded, and the organization in the bits that an address, being a multiple of
    // 4 KiB, leaves free when it is moved up by four.
    private struct Slot(ChunkLocation location, ushort organization, Touches touches)
    {
        private const int AddressShift = 4;

        private readonly long address = (location.Address << AddressShift) | organization;
        private readonly int length = location.Length;

        public Touches Touches = touches;

        public ulong Verified;

        public readonly ChunkLocation Location => new((address & ~(long)ushort.MaxValue) >> AddressShift, length);

        public readonly ushort Organization => (ushort)address;

        public readonly StoredChunk Of(ChunkId id) => new(id, Location, Organization, Touches);
    }
}
