using System.Collections.Concurrent;

namespace EdgeCache.Shared.Primitives;

/// <summary>
/// How many questions of one kind, for access keys or for buckets by name, a node may put to the control plane, whatever is sent to it. Names that were
/// ever found have a budget of their own, so that a flood of made-up ones takes nothing from them.
/// </summary>
/// <param name="unseenPerSecond">Questions each second for names that were never found, and as many seconds' worth at once as <see cref="BurstSeconds"/>.</param>
/// <param name="time">The clock.</param>
public sealed class QuestionBudget(int unseenPerSecond, TimeProvider time)
{
    /// <summary>What may be asked at once, in seconds of the rate.</summary>
    public const int BurstSeconds = 2;

    /// <summary>Questions each second for names that were found before: each date and region that a key signs for is one.</summary>
    public const int SeenPerSecond = 1000;

    /// <summary>The most names remembered as found; the older half is forgotten when there are more.</summary>
    public const int MaxSeen = 40_000;

    private readonly TokenBucket _unseen = new(unseenPerSecond, unseenPerSecond * BurstSeconds, time);
    private readonly TokenBucket _seen = new(SeenPerSecond, SeenPerSecond * BurstSeconds, time);
    private readonly Lock _lock = new();
    private ConcurrentDictionary<string, bool> _newer = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, bool> _older = new(StringComparer.Ordinal);

    /// <summary>Whether a question for this name may be put now.</summary>
    public bool TryTake(string name)
    {
        if (Volatile.Read(ref _newer).ContainsKey(name))
        {
            return _seen.TryTake();
        }

        if (!Volatile.Read(ref _older).ContainsKey(name))
        {
            return _unseen.TryTake();
        }

        Found(name);
        return _seen.TryTake();
    }

    /// <summary>Remembers that the name exists.</summary>
    public void Found(string name)
    {
        var newer = Volatile.Read(ref _newer);
        if (!newer.TryAdd(name, true) || newer.Count <= MaxSeen / 2)
        {
            return;
        }

        lock (_lock)
        {
            if (ReferenceEquals(newer, _newer))
            {
                Volatile.Write(ref _older, newer);
                Volatile.Write(ref _newer, new(StringComparer.Ordinal));
            }
        }
    }
}
