namespace EdgeCache.Edge.Storage.Memory;

/// <summary>A value in memory.</summary>
/// <param name="key">The key.</param>
/// <param name="tags">The tags with which it can be removed.</param>
/// <param name="started">When the work that made it started, by the <see cref="InvalidationClock"/>.</param>
/// <param name="expires">When it expires, as a timestamp of the time provider.</param>
/// <param name="size">What it counts for, in bytes.</param>
internal abstract class LocalEntry(string key, string[] tags, long started, long expires, long size)
{
    /// <summary>What an entry takes besides key and value: objects, table, ring.</summary>
    public const int Overhead = 200;

    private bool touched;

    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>The tags with which it can be removed.</summary>
    public string[] Tags => tags;

    /// <summary>When the work that made it started.</summary>
    public long Started => started;

    /// <summary>When it expires.</summary>
    public long Expires => expires;

    /// <summary>What it counts for, in bytes.</summary>
    public long Size => size;

    /// <summary>Whether the ring has passed it on because it left the table.</summary>
    public bool Gone { get; set; }

    /// <summary>Notes a hit. The plain write may lose a race, which costs the entry at most one round of the ring.</summary>
    public void Touch()
    {
        if (!touched)
            touched = true;
    }

    /// <summary>Whether there was a hit since the last call.</summary>
    public bool TakeTouch()
    {
        var was = touched;
        touched = false;
        return was;
    }
}

/// <summary>A value of one type in memory.</summary>
/// <typeparam name="T">The type under which it was cached.</typeparam>
internal sealed class LocalEntry<T>(string key, string[] tags, long started, long expires, long size, T value)
    : LocalEntry(key, tags, started, expires, size)
{
    /// <summary>The value, shared by all who get it.</summary>
    public T Value => value;
}
