using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>What the index knows of a block.</summary>
/// <param name="Location">Where its record lies.</param>
/// <param name="Organization">The number of whose it is.</param>
/// <param name="Touches">How often it was wanted.</param>
internal readonly record struct StoredBlock(BlockLocation Location, ushort Organization, Touches Touches);

/// <summary>
/// Which blocks are stored, where, and how often each was touched: a hash table in memory, in shards with a lock each. Blocks are known by
/// <see cref="BlockKey.Hash"/>; whoever reads a record finds its whole name there. An entry takes 36 bytes, and room to grow as much again at most.
/// </summary>
/// <param name="usage">Where the disk space of records is accounted.</param>
internal sealed class BlockIndex(OrganizationUsage usage)
{
    /// <summary>The shards: the highest bits of a hash tell which.</summary>
    public const int Shards = 1 << ShardBits;

    private const int ShardBits = 6;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];
    private long _count;
    private long _bytes;

    /// <summary>The number of blocks.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The disk space of their records, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Makes room for so many blocks, so that a start does not grow the table step by step.</summary>
    public void EnsureCapacity(long count)
    {
        var each = (int)Math.Min(1 << 26, (count >> ShardBits) + (count >> (ShardBits + 4)));
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
                shard.Blocks.EnsureCapacity(each);
        }
    }

    /// <summary>Finds a block.</summary>
    public bool TryGet(ulong hash, out StoredBlock block)
    {
        var shard = ShardOf(hash);
        lock (shard.Gate)
        {
            var found = shard.Blocks.TryGetValue(hash, out var slot);
            block = found ? slot.Block : default;
            return found;
        }
    }

    /// <summary>Finds a block for a reader, and notes that it was wanted.</summary>
    public bool TryTouch(ulong hash, byte reader, ushort tick, out BlockLocation location) => TryTouch(hash, reader, tick, out location, out _);

    /// <summary>Finds a block for a reader, notes that it was wanted, and tells whether it was found intact where it lies.</summary>
    public bool TryTouch(ulong hash, byte reader, ushort tick, out BlockLocation location, out bool isVerified)
    {
        var shard = ShardOf(hash);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Blocks, hash);
            if (Unsafe.IsNullRef(ref slot))
            {
                (location, isVerified) = (default, false);
                return false;
            }

            slot.Touches.Add(reader, tick);
            (location, isVerified) = (slot.Location, slot.IsVerified);
            return true;
        }
    }

    /// <summary>Notes that a block was found intact at <paramref name="location"/>.</summary>
    public void MarkVerified(ulong hash, BlockLocation location)
    {
        var shard = ShardOf(hash);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Blocks, hash);
            if (!Unsafe.IsNullRef(ref slot) && slot.Location == location)
                slot.IsVerified = true;
        }
    }

    /// <summary>Adds a block, or moves it to a newer record.</summary>
    public void Set(ulong hash, StoredBlock block)
    {
        var shard = ShardOf(hash);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(shard.Blocks, hash, out var existed);
            if (existed)
                Account(slot.Block, -1);

            slot = new Slot(block);
            Account(block, 1);
        }
    }

    /// <summary>
    /// Adds the blocks of one shard that a start found, each unless it is known at a higher address. Many of one shard at once: its table then stays in
    /// the processor's cache, which is what the time of a start goes into.
    /// </summary>
    /// <param name="number">The shard.</param>
    /// <param name="entries">What was found, of this shard alone.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // A start is over before the runtime has found out what is worth compiling well.
    public void Merge(int number, ReadOnlySpan<BlockEntry> entries)
    {
        var (count, bytes) = (0L, 0L);
        var (account, accounted) = ((ushort)0, 0L);
        var shard = _shards[number];
        lock (shard.Gate)
        {
            foreach (ref readonly var entry in entries)
            {
                ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(shard.Blocks, entry.Hash, out var existed);
                if (existed)
                {
                    if (slot.Location.Address > entry.Location.Address)
                        continue;

                    Account(slot.Block, -1);
                }

                var block = new StoredBlock(entry.Location, OrganizationUsage.Checked(entry.Organization), default);
                slot = new Slot(block);
                if (block.Organization != account)
                {
                    usage.Add(account, accounted);
                    (account, accounted) = (block.Organization, 0);
                }

                count++;
                bytes += block.Location.RecordSize;
                accounted += block.Location.RecordSize;
            }
        }

        usage.Add(account, accounted);
        Interlocked.Add(ref _count, count);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Moves a block to a newer record; false when it is no longer at <paramref name="from"/>.</summary>
    public bool TryMove(ulong hash, BlockLocation from, StoredBlock to)
    {
        var shard = ShardOf(hash);
        lock (shard.Gate)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(shard.Blocks, hash);
            if (Unsafe.IsNullRef(ref slot) || slot.Location != from)
                return false;

            slot = new Slot(to);
            return true;
        }
    }

    /// <summary>Drops a block if it is before an address.</summary>
    public void RemoveBefore(ulong hash, long address)
    {
        if (TryGet(hash, out var block) && block.Location.Address < address)
            Remove(hash, block.Location);
    }

    /// <summary>Drops a block.</summary>
    public bool Remove(ulong hash) => Remove(hash, at: null);

    /// <summary>Drops a block unless it has moved away from <paramref name="at"/> meanwhile.</summary>
    public bool Remove(ulong hash, BlockLocation? at)
    {
        var shard = ShardOf(hash);
        lock (shard.Gate)
        {
            if (!shard.Blocks.TryGetValue(hash, out var slot) || (at is { } location && slot.Location != location))
                return false;

            shard.Blocks.Remove(hash);
            Account(slot.Block, -1);
            return true;
        }
    }

    /// <summary>How much disk space an organization's blocks take in each segment that has any.</summary>
    public SortedDictionary<int, long> BytesBySegment(ushort organization)
    {
        var bytes = new SortedDictionary<int, long>();
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (var slot in shard.Blocks.Values)
                {
                    if (slot.Block is var block && block.Organization == organization)
                        bytes[block.Location.Segment] = bytes.GetValueOrDefault(block.Location.Segment) + block.Location.RecordSize;
                }
            }
        }

        return bytes;
    }

    /// <summary>Drops the blocks that <paramref name="condition"/> names, and returns their number.</summary>
    public int RemoveWhere(Func<ulong, StoredBlock, bool> condition)
    {
        var removed = 0;
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (var (hash, slot) in shard.Blocks)
                {
                    if (condition(hash, slot.Block) && shard.Blocks.Remove(hash))
                    {
                        Account(slot.Block, -1);
                        removed++;
                    }
                }
            }
        }

        return removed;
    }

    private void Account(StoredBlock block, int sign)
    {
        Interlocked.Add(ref _count, sign);
        Interlocked.Add(ref _bytes, sign * (long)block.Location.RecordSize);
        usage.Add(block.Organization, sign * (long)block.Location.RecordSize);
    }

    /// <summary>The number of the shard of a block.</summary>
    public static int ShardNumber(ulong hash) => (int)(hash >> (64 - ShardBits));

    private Shard ShardOf(ulong hash) => _shards[ShardNumber(hash)];

    private sealed class Shard
    {
        public Lock Gate { get; } = new();

        public Dictionary<ulong, Slot> Blocks { get; } = [];
    }

    // Sixteen bytes. Records begin at multiples of 64, so the address has bits to spare.
    private struct Slot(StoredBlock block)
    {
        private const long VerifiedBit = 1;

        private long _address = block.Location.Address;
        private readonly ushort _lengthLessOne = (ushort)(block.Location.Length - 1);
        private readonly ushort _organization = block.Organization;

        public Touches Touches = block.Touches;

        public readonly BlockLocation Location => new(_address & ~VerifiedBit, _lengthLessOne + 1);

        public bool IsVerified
        {
            readonly get => (_address & VerifiedBit) != 0;
            set => _address = value ? _address | VerifiedBit : _address & ~VerifiedBit;
        }

        public readonly StoredBlock Block => new(Location, _organization, Touches);
    }
}
