using System.Collections.Concurrent;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>
/// Orders what is cached against what is removed. Work that produces a value takes the time when it starts; a removal takes a later one. A
/// value counts only when nothing removed its key or one of its tags after its work had started, so that a slow answer never undoes a removal.
/// Removals of keys are remembered in a direct-mapped table: two keys that share a slot cost a needless miss, never a stale hit.
/// </summary>
internal sealed class InvalidationClock
{
    /// <summary>The tag that every entry has.</summary>
    public const string AllTag = "*";

    /// <summary>Tags whose removal is remembered one by one; beyond that everything is removed instead.</summary>
    public const int MaxTags = 65_536;

    private const int SlotBits = 14;

    private readonly long[] removedKeys = new long[1 << SlotBits];
    private readonly ConcurrentDictionary<string, long> removedTags = new(StringComparer.Ordinal);
    private long now;
    private long removedAll;

    /// <summary>The time at which work starts.</summary>
    public long Now => Volatile.Read(ref now);

    /// <summary>When everything was last removed.</summary>
    public long RemovedAll => Volatile.Read(ref removedAll);

    /// <summary>Sets the clock to at least <paramref name="time"/>, which an earlier process had reached.</summary>
    public void AdvanceTo(long time) => Raise(ref now, time);

    /// <summary>Removes a key; returns the time of the removal.</summary>
    public long RemoveKey(string key)
    {
        var time = Interlocked.Increment(ref now);
        Raise(ref removedKeys[SlotOf(key)], time);
        return time;
    }

    /// <summary>Removes a tag; returns the time of the removal.</summary>
    public long RemoveTag(string tag)
    {
        var time = Interlocked.Increment(ref now);
        RestoreTag(tag, time);
        return time;
    }

    /// <summary>Takes note of a tag that was removed at <paramref name="time"/>.</summary>
    public void RestoreTag(string tag, long time)
    {
        AdvanceTo(time);
        if (tag == AllTag || (removedTags.Count >= MaxTags && !removedTags.ContainsKey(tag)))
            Raise(ref removedAll, tag == AllTag ? time : Interlocked.Increment(ref now));
        else
            removedTags.AddOrUpdate(tag, time, (_, before) => Math.Max(before, time));
    }

    /// <summary>Whether a value may be used whose work started at <paramref name="started"/>.</summary>
    public bool IsCurrent(string key, string[] tags, long started) => started >= Volatile.Read(ref removedKeys[SlotOf(key)]) && AreTagsCurrent(tags, started);

    /// <summary>The same for a value whose key has been looked up in a table that removals clear.</summary>
    public bool AreTagsCurrent(string[] tags, long started)
    {
        if (started < Volatile.Read(ref removedAll))
            return false;

        foreach (var tag in tags)
        {
            if (removedTags.TryGetValue(tag, out var removed) && started < removed)
                return false;
        }

        return true;
    }

    private static int SlotOf(string key) => (int)((uint)key.GetHashCode(StringComparison.Ordinal) >> (32 - SlotBits));

    private static void Raise(ref long location, long value)
    {
        var seen = Volatile.Read(ref location);
        while (seen < value)
        {
            var before = Interlocked.CompareExchange(ref location, value, seen);
            if (before == seen)
                return;

            seen = before;
        }
    }
}
