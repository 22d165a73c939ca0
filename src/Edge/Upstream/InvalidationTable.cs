using System.Runtime.InteropServices;

namespace EdgeCache.Edge.Upstream;

/// <summary>
/// For each name the sequence of the last change that concerned it: direct-mapped by hash, so it never grows, and a collision only makes an
/// entry look older than it is. The hash is stable across processes, because the table is part of the stream's checkpoint.
/// </summary>
internal sealed class InvalidationTable
{
    /// <summary>The number of slots; a change makes about 1 in 65,536 unrelated entries be asked for once more.</summary>
    public const int Slots = 1 << 16;

    private readonly long[] _sequences = new long[Slots];

    public InvalidationTable()
    {
    }

    /// <summary>Restores a table from <see cref="CopyTo"/>'s bytes.</summary>
    public InvalidationTable(ReadOnlySpan<byte> saved) => MemoryMarshal.Cast<byte, long>(saved[..(Slots * sizeof(long))]).CopyTo(_sequences);

    /// <summary>The sequence of the last change to <paramref name="name"/>; 0 when there was none.</summary>
    public long LastChange(ChangeName name) => Volatile.Read(ref _sequences[name.Slot]);

    /// <summary>Records a change; sequences of one slot only grow.</summary>
    public void Record(ChangeName name, long sequence)
    {
        ref var slot = ref _sequences[name.Slot];
        for (var seen = Volatile.Read(ref slot); seen < sequence;)
        {
            var before = Interlocked.CompareExchange(ref slot, sequence, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Writes the table in the machine's byte order, <see cref="Slots"/> times 8 bytes.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.AsBytes(_sequences.AsSpan()).CopyTo(destination);
}
