using System.Collections.Concurrent;

namespace EdgeCache.Edge.Pipeline;

/// <summary>Values of a metric's label that come from outside: the first so many keep their names, all others share one, so that series stay bounded.</summary>
/// <param name="max">How many keep their names.</param>
internal sealed class BoundedLabels(int max)
{
    /// <summary>The label of those that came too late.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The label of a value: itself, or <see cref="Other"/>.</summary>
    public string For(string value)
    {
        if (_known.ContainsKey(value))
        {
            return value;
        }

        if (Volatile.Read(ref _count) >= max)
        {
            return Other;
        }

        if (_known.TryAdd(value, true))
        {
            Interlocked.Increment(ref _count);
        }

        return value;
    }
}
