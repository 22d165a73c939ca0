using System.Text;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// Another edge of the datacenter, and whether it can be asked now. Like a circuit breaker: a failure ends its being alive at once; after a pause one
/// question for its name decides whether it is tried again, and if it then fails before it was alive for as long, the next pause is twice that.
/// </summary>
internal sealed class Peer(string name, Uri url, TimeProvider time)
{
    private readonly Lock _lock = new();
    private TimeSpan _pause = PeerTimes.FirstPause;
    private long _changedAt;
    private long _heardAt;
    private bool _hasFailed;
    private bool _isAlive;

    public string Name => name;

    /// <summary>Its internal listener.</summary>
    public Uri Url => url;

    /// <summary>What its share of the chunks follows from.</summary>
    public ulong Seed { get; } = SeedOf(name);

    /// <summary>Whether it may be asked for chunks.</summary>
    public bool IsAlive => Volatile.Read(ref _isAlive);

    /// <summary>How long ago anything came from it.</summary>
    public TimeSpan SilentFor => time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>A number that follows from an edge's name, the same in every process (FNV-1a, mixed).</summary>
    public static ulong SeedOf(string name) =>
        ChunkId.Mix(Encoding.UTF8.GetBytes(name).Aggregate(0xCBF29CE484222325, static (hash, next) => (hash ^ next) * 0x100000001B3));

    /// <summary>Something came from it.</summary>
    public void Spoke() => Volatile.Write(ref _heardAt, time.GetTimestamp());

    /// <summary>It told its name: it may be asked, unless it failed a moment ago.</summary>
    /// <returns>Whether this made it alive.</returns>
    public bool Heard()
    {
        Spoke();
        lock (_lock)
        {
            if (_isAlive)
            {
                if (time.GetElapsedTime(_changedAt) >= _pause)
                {
                    _pause = PeerTimes.FirstPause;
                }

                return false;
            }

            if (_hasFailed)
            {
                if (time.GetElapsedTime(_changedAt) < _pause)
                {
                    return false;
                }

                _pause = _pause * 2 > PeerTimes.LongestPause ? PeerTimes.LongestPause : _pause * 2;
            }

            _changedAt = time.GetTimestamp();
            Volatile.Write(ref _isAlive, true);
            return true;
        }
    }

    /// <summary>It did not answer, or broke off.</summary>
    /// <returns>Whether this ended its being alive.</returns>
    public bool Failed()
    {
        lock (_lock)
        {
            if (!_isAlive)
            {
                return false;
            }

            _hasFailed = true;
            _changedAt = time.GetTimestamp();
            Volatile.Write(ref _isAlive, false);
            return true;
        }
    }
}
