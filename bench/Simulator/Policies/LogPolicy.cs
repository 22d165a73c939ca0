using System.Runtime.InteropServices;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Simulator.Workloads;

namespace EdgeCache.Simulator.Policies;

/// <summary>
/// The chunk store's own eviction: the product's <see cref="EvictionPolicy"/> over two logs of segments, as the store keeps them on disk.
/// </summary>
internal sealed class LogPolicy : ICachePolicy
{
    private const int SegmentsPerCapacity = 256;

    private readonly Dictionary<int, Stored> _stored = [];
    private readonly SimulatedTime _time = new();
    private readonly EvictionPolicy _policy;
    private readonly SegmentQueue _small;
    private readonly SegmentQueue _main;
    private readonly int _maxSegments;

    public LogPolicy(string name, long capacity, long? writeBytesPerSecond)
    {
        Name = name;
        var segment = Math.Max(8L << 20, capacity / SegmentsPerCapacity);
        _maxSegments = (int)(capacity / segment);
        (_small, _main) = (new SegmentQueue(segment), new SegmentQueue(segment));
        _policy = EvictionPolicy.For(capacity, writeBytesPerSecond, _time);
    }

    public string Name { get; }

    public long BytesWritten { get; private set; }

    public bool Read(in Access access)
    {
        ref var stored = ref CollectionsMarshal.GetValueRefOrNullRef(_stored, access.Chunk);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref stored))
        {
            if (stored.LastReader != access.Reader)
            {
                stored.LastReader = access.Reader;
                stored.Touches = (byte)Math.Min(EvictionPolicy.MaxTouches, stored.Touches + 1);
            }

            return true;
        }

        _time.Set(access.At);
        var hash = Hash(access.Chunk);
        var admission = _policy.Admit(hash, access.Bytes, _small.Opens(access.Bytes) && IsFull);
        if (admission == Admission.Refused)
            return false;

        Append(admission == Admission.Small ? _small : _main, access.Chunk, access.Bytes);
        _stored[access.Chunk] = new Stored(access.Bytes, access.Reader);
        return false;
    }

    private bool IsFull => _small.Count + _main.Count >= _maxSegments;

    private void Append(SegmentQueue log, int chunk, int bytes)
    {
        while (log.Opens(bytes) && IsFull)
        {
            if (_small.Count > 1 && (_main.Count == 1 || _small.Count * EvictionPolicy.SmallShare > _maxSegments))
                RetireSmall();
            else
                RetireMain();
        }

        log.Append(chunk, bytes);
        BytesWritten += bytes;
    }

    private void RetireSmall()
    {
        foreach (var chunk in _small.Retire())
        {
            ref var stored = ref CollectionsMarshal.GetValueRefOrNullRef(_stored, chunk);
            if (_policy.Promotes(Hash(chunk), stored.Bytes, stored.Touches))
            {
                stored.Touches = 0;
                Append(_main, chunk, stored.Bytes);
            }
            else
            {
                _stored.Remove(chunk);
            }
        }
    }

    // What is kept goes to the end at once: a segment of kept chunks is at most a segment again.
    private void RetireMain()
    {
        foreach (var chunk in _main.Retire())
        {
            ref var stored = ref CollectionsMarshal.GetValueRefOrNullRef(_stored, chunk);
            if (_policy.Reinserts(Hash(chunk), stored.Bytes, stored.Touches))
            {
                stored.Touches--;
                Append(_main, chunk, stored.Bytes);
            }
            else
            {
                _stored.Remove(chunk);
            }
        }
    }

    private static ulong Hash(int chunk)
    {
        var hash = ((ulong)chunk + 1) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private struct Stored(int bytes, int reader)
    {
        public int Bytes = bytes;
        public int LastReader = reader;
        public byte Touches;
    }

    private sealed class SimulatedTime : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _milliseconds;

        public void Set(long milliseconds) => _milliseconds = milliseconds;
    }
}
