namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>
/// How often a stored chunk was wanted, in four bytes. A reader that comes again at once, because it reads a chunk in several ranges, counts
/// once: a touch needs another reader than the last one, or a pause of <see cref="Pause"/>. The reader that had the chunk fetched is no touch.
/// </summary>
internal struct Touches
{
    /// <summary>The highest count that is kept.</summary>
    public const int Max = 3;

    private const int TickSeconds = 4;
    private const int PauseTicks = 15;

    private ushort _lastTick;
    private byte _lastReader;

    /// <summary>After this time a reader counts again.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(TickSeconds * PauseTicks);

    /// <summary>The count so far, from 0 to <see cref="Max"/>.</summary>
    public byte Count { get; private set; }

    /// <summary>The clock of touches; it wraps after three days, when a pause may once go unnoticed.</summary>
    public static ushort TickOf(TimeSpan time) => (ushort)(time.Ticks / (TickSeconds * TimeSpan.TicksPerSecond));

    /// <summary>A chunk that <paramref name="reader"/> had fetched; <paramref name="count"/> others waited for it too.</summary>
    public static Touches By(byte reader, ushort tick, byte count = 0) => new() { _lastReader = reader, _lastTick = tick, Count = count };

    /// <summary>Notes that a reader wants the chunk.</summary>
    /// <param name="reader">A hash of who reads.</param>
    /// <param name="tick">Now, by <see cref="TickOf"/>.</param>
    public void Add(byte reader, ushort tick)
    {
        if (reader == _lastReader && (ushort)(tick - _lastTick) < PauseTicks)
            return;

        (_lastReader, _lastTick) = (reader, tick);
        Count = (byte)Math.Min(Max, Count + 1);
    }

    /// <summary>The touches of the chunk once it is written again: one less, since that is what the rewriting cost.</summary>
    public Touches Spend() => this with { Count = (byte)Math.Max(0, Count - 1) };

    /// <summary>The touches of the chunk once it has moved to the main log: none yet.</summary>
    public Touches Reset() => this with { Count = 0 };
}
