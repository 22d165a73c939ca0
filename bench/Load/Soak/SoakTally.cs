using System.Collections.Concurrent;

namespace EdgeCache.Load.Soak;

/// <summary>What became of the requests of a soak. Any thread may count.</summary>
internal sealed class SoakTally
{
    /// <summary>How many wrong answers are told in full.</summary>
    private const int MaxTold = 20;

    private readonly ConcurrentDictionary<(string Request, string Outcome), long> _requests = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentDictionary<string, long> _faults = new();
    private long _bytes;
    private long _wrongCount;
    private long _unexcused;

    /// <summary>Requests by kind and outcome: <c>ok</c>, a status, or the kind of failure; with <c>*</c> when no fault excuses it.</summary>
    public IReadOnlyDictionary<(string Request, string Outcome), long> Requests => _requests;

    /// <summary>Faults by kind.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    /// <summary>The first wrong answers.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Answers with bytes that were never stored, or of an older version than allowed.</summary>
    public long WrongCount => Volatile.Read(ref _wrongCount);

    /// <summary>Failures that no fault excuses.</summary>
    public long Unexcused => Volatile.Read(ref _unexcused);

    /// <summary>Body bytes that were received and checked.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Succeeded(string request, long bytes)
    {
        Count(request, "ok");
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Failed(string request, string outcome, bool isExcused)
    {
        Count(request, isExcused ? outcome : outcome + " *");
        if (!isExcused)
        {
            Interlocked.Increment(ref _unexcused);
        }
    }

    public void AnsweredWrongly(string request, string what)
    {
        Count(request, "WRONG");
        Interlocked.Increment(ref _wrongCount);
        if (_wrong.Count < MaxTold)
        {
            _wrong.Enqueue($"{request}: {what}");
        }
    }

    public void Broke(string fault) => _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);

    private void Count(string request, string outcome) => _requests.AddOrUpdate((request, outcome), 1, static (_, count) => count + 1);
}
