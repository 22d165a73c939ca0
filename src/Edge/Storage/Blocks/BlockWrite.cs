using EdgeCache.Edge.Storage.Eviction;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>A record that is to be written. Its payload is read until <see cref="End"/>.</summary>
internal sealed class BlockWrite(BlockRecordKind kind, BlockKey key, ReadOnlyMemory<byte> payload, uint payloadChecksum)
{
    public BlockRecordKind Kind => kind;

    public BlockKey Key => key;

    public ulong Hash { get; } = key.Hash;

    public ReadOnlyMemory<byte> Payload => payload;

    public uint PayloadChecksum => payloadChecksum;

    public int RecordSize => BlockRecord.SizeOf(payload.Length);

    /// <summary>The number of whose block it is.</summary>
    public ushort Organization { get; init; }

    /// <summary>How often the block was wanted so far.</summary>
    public Touches Touches { get; init; }

    /// <summary>Where the block is now, when its record is rewritten: it counts only if it is still there.</summary>
    public BlockLocation? From { get; init; }

    /// <summary>Whether the segment of <see cref="From"/> may not go before it is written.</summary>
    public bool MustStay { get; init; }

    /// <summary>Whoever waits for it, and for others perhaps.</summary>
    public BlockCompletion? Completion { get; init; }

    /// <summary>Where it was written.</summary>
    public BlockLocation Location { get; set; }

    /// <summary>Tells who waits how it ended.</summary>
    public void End(bool written) => Completion?.End(written);
}

/// <summary>Waits for several records.</summary>
internal sealed class BlockCompletion(int count)
{
    private readonly TaskCompletionSource<bool> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;
    private volatile bool _failed;

    /// <summary>Whether all were written, once all have ended.</summary>
    public Task<bool> Task => _all.Task;

    /// <summary>One has ended.</summary>
    public void End(bool written)
    {
        if (!written)
            _failed = true;
        if (Interlocked.Decrement(ref _left) == 0)
            _all.TrySetResult(!_failed);
    }
}
