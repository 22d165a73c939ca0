using System.Diagnostics;

namespace EdgeCache.Load.Soak;

/// <summary>Which versions of the changing objects were acknowledged when: one writer at a time for each, and what a read may still see.</summary>
internal sealed class VersionLedger(SoakObjects objects)
{
    /// <summary>For how long an edge may serve what was overwritten: the product promises one second; the rest is this machine's scheduling.</summary>
    public static readonly TimeSpan Allowance = TimeSpan.FromSeconds(3);

    private readonly Dictionary<SoakObject, Entry> _entries = objects.Changing.ToDictionary(static o => o, static _ => new Entry());

    /// <summary>The oldest version that a read which begins now may see.</summary>
    public long OldestAllowed(SoakObject item)
    {
        var entry = _entries[item];
        lock (entry)
        {
            while (entry.Acknowledged.TryPeek(out var next) && Stopwatch.GetElapsedTime(next.At) > Allowance)
            {
                entry.Oldest = entry.Acknowledged.Dequeue().Version;
            }

            return entry.Oldest;
        }
    }

    /// <summary>Takes the right to write the object, and the number of the next version.</summary>
    public async Task<Write> BeginAsync(SoakObject item, CancellationToken cancellation)
    {
        var entry = _entries[item];
        await entry.Writer.WaitAsync(cancellation);
        lock (entry)
        {
            return new Write(entry, ++entry.Last);
        }
    }

    /// <summary>A write under way; disposing it lets the next one begin.</summary>
    internal sealed class Write(Entry entry, long version) : IDisposable
    {
        public long Version => version;

        public bool IsAcknowledged { get; private set; }

        public void Acknowledge()
        {
            IsAcknowledged = true;
            lock (entry)
            {
                entry.Acknowledged.Enqueue((version, Stopwatch.GetTimestamp()));
            }
        }

        public void Dispose()
        {
            lock (entry)
            {
                entry.Ended = version;
            }

            entry.Writer.Release();
        }
    }

    internal sealed class Entry
    {
        public SemaphoreSlim Writer { get; } = new(1);

        public Queue<(long Version, long At)> Acknowledged { get; } = new();

        public long Last { get; set; }

        /// <summary>The last write that has ended, for good or bad.</summary>
        public long Ended { get; set; }

        public long Oldest { get; set; }
    }
}
