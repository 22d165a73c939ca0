namespace EdgeCache.Origin.Blobs;

/// <summary>
/// Who is reading an object of several blobs. They open them one after another, long after they looked them up, so what is released while they read
/// must not be deleted before they are done.
/// </summary>
internal sealed class ReadHolds(TimeProvider time)
{
    /// <summary>A reader that takes longer than this is no longer waited for.</summary>
    public static readonly TimeSpan MaxHold = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, DateTimeOffset> _readers = [];
    private long _next;

    /// <summary>Begins a read that was looked up just now; disposing the result ends it.</summary>
    public IDisposable Enter()
    {
        lock (_gate)
        {
            _readers.Add(++_next, time.GetUtcNow());
            return new Hold(this, _next);
        }
    }

    /// <summary>When the oldest read began that is still to be waited for; now when there is none.</summary>
    public DateTimeOffset Oldest()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var began in _readers.Values)
            {
                if (began >= now - MaxHold)
                {
                    return began < now ? began : now;
                }
            }
        }

        return now;
    }

    private void Leave(long reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }

    private sealed class Hold(ReadHolds holds, long reader) : IDisposable
    {
        public void Dispose() => holds.Leave(reader);
    }
}
