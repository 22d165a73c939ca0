using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Filling;

/// <summary>What earlier reads of an object by the same reader tell of the next one.</summary>
/// <param name="Streak">How many bytes directly before this read were read one after the other; 0 after a seek.</param>
/// <param name="Window">The read-ahead that those reads had come to, in bytes.</param>
internal readonly record struct ReadPattern(long Streak, long Window);

/// <summary>
/// Remembers where readers left off in large objects, so that ranges read one after the other count as one sequential read. A reader is told by a hash
/// of its address; of two that share a slot the later one counts, which costs read-ahead and nothing else.
/// </summary>
internal sealed class ReadPatterns
{
    /// <summary>40 bytes each.</summary>
    private const int Slots = 4096;

    private readonly Lock _lock = new();
    private readonly Entry[] _entries = new Entry[Slots];

    /// <summary>A read begins: tells what came before it, and remembers where it will end.</summary>
    public ReadPattern Begin(Generation generation, byte reader, long offset, long length)
    {
        lock (_lock)
        {
            ref var entry = ref At(generation, reader);
            var goesOn = entry.Generation == generation && entry.Reader == reader && entry.Next == offset;
            var pattern = goesOn ? new ReadPattern(entry.Streak, entry.Window) : default;
            entry = new Entry(generation, reader, offset + length, pattern.Streak + length, pattern.Window);
            return pattern;
        }
    }

    /// <summary>Remembers the window that a read came to, unless the reader went elsewhere meanwhile.</summary>
    public void Keep(Generation generation, byte reader, long end, long window)
    {
        lock (_lock)
        {
            ref var entry = ref At(generation, reader);
            if (entry.Generation == generation && entry.Reader == reader && entry.Next >= end)
            {
                entry = entry with { Window = Math.Max(entry.Window, window) };
            }
        }
    }

    private ref Entry At(Generation generation, byte reader) =>
        ref _entries[(int)((generation.Low ^ (generation.High >> 7) ^ (reader * 0x9E3779B97F4A7C15UL >> 13)) % Slots)];

    private readonly record struct Entry(Generation Generation, byte Reader, long Next, long Streak, long Window);
}
