namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>What the journal's entries amount to when they are applied in order.</summary>
internal sealed class JournalReplay
{
    /// <summary>Below this many entries, removing those that are before the begin does not pay.</summary>
    private const int PruneFloor = 4096;

    private readonly Dictionary<ChunkId, Place> live = [];
    private int pruneAt = PruneFloor;

    /// <summary>The first address that exists, or 0 for a new store.</summary>
    public long Begin { get; private set; }

    /// <summary>The end of the furthest record that the journal ever named: nothing may be written before it.</summary>
    public long End { get; private set; }

    /// <summary>Entries read.</summary>
    public long Entries { get; private set; }

    /// <summary>Entries and pages that could not be read.</summary>
    public int DamagedPlaces { get; set; }

    /// <summary>How many chunks the journal leaves stored.</summary>
    public int LiveCount
    {
        get
        {
            Prune();
            return live.Count;
        }
    }

    /// <summary>The chunks that the journal leaves stored.</summary>
    public IEnumerable<JournalEntry> Live
    {
        get
        {
            Prune();
            return live.Select(static chunk => new JournalEntry(JournalEntryKind.Stored, chunk.Key, chunk.Value.Location, chunk.Value.Organization));
        }
    }

    /// <summary>Applies one entry.</summary>
    public void Visit(long address, ReadOnlySpan<byte> record)
    {
        if (!JournalEntry.TryRead(record, out var entry))
        {
            DamagedPlaces++;
            return;
        }

        Entries++;
        switch (entry.Kind)
        {
            case JournalEntryKind.Stored:
                End = Math.Max(End, entry.Location.End);
                if (entry.Location.Address >= Begin)
                    live[entry.Id] = new Place(entry.Location, entry.Organization);
                break;
            case JournalEntryKind.Dropped:
                if (live.TryGetValue(entry.Id, out var stored) && stored.Location == entry.Location)
                    live.Remove(entry.Id);
                break;
            case JournalEntryKind.Begin:
                Begin = Math.Max(Begin, entry.Location.Address);
                End = Math.Max(End, Begin);
                // A log that was written over many times has many of these: the table is gone through only once it has doubled.
                if (live.Count >= pruneAt)
                {
                    Prune();
                    pruneAt = Math.Max(PruneFloor, 2 * live.Count);
                }

                break;
            default:
                throw new InvalidOperationException($"Entry kind {entry.Kind} was read but is not applied.");
        }
    }

    private void Prune()
    {
        foreach (var (id, stored) in live)
        {
            if (stored.Location.Address < Begin)
                live.Remove(id);
        }
    }

    // Sixteen bytes: a start with many chunks is where memory is short.
    private readonly struct Place(ChunkLocation location, ushort organization)
    {
        private readonly long address = location.Address;
        private readonly int length = location.Length;

        public ChunkLocation Location => new(address, length);

        public ushort Organization => organization;
    }
}
