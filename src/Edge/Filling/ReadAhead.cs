using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Http;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// The fills that one read has begun beyond the chunk that it needs next. Their bytes together, the window, double each time the reader has to wait for a
/// chunk that is not whole yet, so that one stream soon has as many requests under way as the way to the source needs, and a reader that is
/// slower than the source keeps a small window.
/// </summary>
/// <param name="store">What is there need not be fetched.</param>
/// <param name="fills">Where fills begin.</param>
/// <param name="target">What is read.</param>
/// <param name="reader">A hash of who reads.</param>
/// <param name="range">The object's bytes that are read.</param>
/// <param name="patterns">Remembers the window for the next read.</param>
/// <param name="pattern">What was read before.</param>
/// <param name="maximum">The widest window, in bytes; 0: nothing is fetched ahead.</param>
internal sealed class ReadAhead(
    ChunkCache store, FillTable fills, FillTarget target, byte reader, ByteRange range, ReadPatterns patterns, ReadPattern pattern, long maximum)
{
    /// <summary>The window of a read that nothing is known of, in bytes.</summary>
    private const long InitialWindow = 4L * ChunkGeometry.PayloadSize;

    private readonly Queue<ChunkFill> _begun = new();
    private readonly int _last = ChunkGeometry.IndexOf(range.Offset + range.Length - 1);
    private int _to = ChunkGeometry.IndexOf(range.Offset);
    private FillTarget? _target;
    private bool _isOn = pattern.Window > 0;

    private long _window = Math.Min(maximum, Math.Max(InitialWindow, pattern.Window));

    /// <summary>The fill of a chunk if it was begun ahead, with its place passed to the caller; places in fills before it are given up.</summary>
    public ChunkFill? Take(int index)
    {
        while (_begun.TryPeek(out var next) && next.Id.Index <= index)
        {
            _begun.Dequeue();
            if (next.Id.Index == index && !next.HasFailed)
            {
                next.Ticket.Raise(FillPriority.Foreground);
                return next;
            }

            next.Leave();
        }

        return null;
    }

    /// <summary>The reader needs a chunk that is not stored; <paramref name="waits"/> says whether it has to wait for it.</summary>
    public void Entered(int index, bool waits)
    {
        if (_isOn && waits)
        {
            _window = Math.Min(maximum, _window * 2);
        }

        _isOn = true;
        Extend(index);
    }

    /// <summary>Begins fills up to the window from the chunk that is being read; nothing before one had to be fetched.</summary>
    public void Extend(int index)
    {
        var chunks = (int)(_window / ChunkGeometry.PayloadSize);
        if (!_isOn || index + chunks <= _to)
        {
            return;
        }

        var last = Math.Min(Furthest, index + chunks);
        for (var next = Math.Max(_to, index) + 1; next <= last; next++)
        {
            if (!store.Contains(Id(next)))
            {
                if (fills.JoinOrStart(Id(next), _target ??= target with { Priority = FillPriority.ReadAhead }, reader, out _) is not { } fill)
                {
                    return;
                }

                _begun.Enqueue(fill);
            }

            _to = next;
        }
    }

    /// <summary>The read is over: what it alone wanted and has not begun is given up, but not what the next one is expected to want.</summary>
    public void End()
    {
        if (_isOn)
        {
            patterns.Keep(target.Version.Generation, reader, range.Offset + range.Length, _window);
        }

        while (_begun.TryDequeue(out var fill))
        {
            if (fill.Id.Index > _last)
            {
                fills.Keep(fill);
            }
            else
            {
                fill.Leave();
            }
        }
    }

    // A reader that goes on from where it left off will go on again: then it is fetched beyond the range, as far as it was read so far.
    private int Furthest => pattern.Streak == 0
        ? _last
        : ChunkGeometry.IndexOf(Math.Min(target.Version.Size, range.Offset + range.Length + Math.Min(_window, pattern.Streak)) - 1);

    private ChunkId Id(int index) => new(target.Version.Generation, index);
}
