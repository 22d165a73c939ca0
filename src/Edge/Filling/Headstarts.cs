using System.Collections.Concurrent;
using EdgeCache.Edge.Upstream;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// Requests for the first bytes of objects that are sent beside the question which version a key names, so that a miss of a key that is new here costs one
/// round trip to the origin and not two. The answer says which version it is of; the first fill of that version adopts it, which begins only
/// once a caller was found to be allowed to read it, and nobody else ever sees it. They are few, begin only while fills leave half of the node's budget
/// free, and hold no memory of fills until they are taken.
/// </summary>
internal sealed class Headstarts(FillScheduler scheduler, int maximum, TimeSpan timeout, TimeProvider time)
{
    private readonly ConcurrentDictionary<(Region Region, string Bucket, string Key), Headstart> _begun = new();
    private int _taken;

    /// <summary>How many are under way.</summary>
    public int Count => _begun.Count;

    /// <summary>How many were of use, ever.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>The one that was begun for a key; null when there is none.</summary>
    public Headstart? Find(FillTarget target) =>
        _begun.IsEmpty ? null : _begun.GetValueOrDefault((target.Region, target.Version.Bucket, target.Version.Key));

    /// <summary>An answer was of use.</summary>
    public void WasTaken() => Interlocked.Increment(ref _taken);

    /// <summary>Whether one may begin.</summary>
    public bool HasRoomFor(Headstart headstart) => _begun.Count < maximum && !_begun.ContainsKey(headstart.Name) && scheduler.IsHalfFree;

    public bool TryAdd(Headstart headstart) => _begun.TryAdd(headstart.Name, headstart);

    public void Remove(Headstart headstart) => _begun.TryRemove(new(headstart.Name, headstart));

    /// <summary>What ends a request that gets no answer.</summary>
    public CancellationTokenSource NewLimit() => new(timeout, time);
}
