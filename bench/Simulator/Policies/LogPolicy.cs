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

    public LogPolicy(string name, long capacity, long? writeBytesPerSecond)
    {
        Name = name;
        var segment = Math.Max(8L << 20, capacity / SegmentsPerCapacity);
        _small = new SegmentQueue(capacity / EvictionPolicy.SmallShare, segment);
        _main = new SegmentQueue(capacity - (capacity / EvictionPolicy.SmallShare), segment);
        _policy = EvictionPolicy.For(capacity, writeBytesPerSecond, _time);
    }

    public string Name { get; }

    public long BytesWritten { get; private set; }

    public bool Read(in Access access)
    {
        ref var stored = ref CollectionsMarshal.GetValueRefOrNullRef(_stored, access.Chunk);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref stored))
        {
            stored.Touches.Add((byte)access.Reader, Tick(access));
            return true;
        }

        _time.Set(access.At);
        var hash = Hash(access.Chunk);
        var admission = _policy.Admit(hash, access.Bytes, mainHasRoom: !_main.IsFull(access.Bytes));
        if (admission == Admission.Refused)
            return false;

        if (admission == Admission.Small)
            AppendToSmall(access.Chunk, access.Bytes);
        else
            AppendToMain(access.Chunk, access.Bytes);
        _stored[access.Chunk] = new Stored(access.Bytes, Touches.By((byte)access.Reader, Tick(access)));
        return false;
    }

    private static ushort Tick(in Access access) => Touches.TickOf(TimeSpan.FromMilliseconds(access.At));

    private void AppendToSmall(int chunk, int bytes)
    {
        while (_small.IsFull(bytes))
            RetireSmall();

        _small.Append(chunk, bytes);
        BytesWritten += bytes;
    }

    private void AppendToMain(int chunk, int bytes)
    {
        while (_main.IsFull(bytes))
            RetireMain();

        _main.Append(chunk, bytes);
        BytesWritten += bytes;
    }

    private void RetireSmall()
    {
        foreach (var chunk in _small.Retire())
        {
            ref var stored = ref CollectionsMarshal.GetValueRefOrNullRef(_stored, chunk);
            if (_policy.Promotes(Hash(chunk), stored.Bytes, stored.Touches.Count))
            {
                stored.Touches = stored.Touches.Reset();
                AppendToMain(chunk, stored.Bytes);
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
            if (_policy.Reinserts(Hash(chunk), stored.Bytes, stored.Touches.Count))
            {
                stored.Touches = stored.Touches.Spend();
                AppendToMain(chunk, stored.Bytes);
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

    private struct Stored(int bytes, Touches touches)
    {
        public int Bytes = bytes;
        public Touches Touches = touches;
    }

    private sealed class SimulatedTime : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _milliseconds;

        public void Set(long milliseconds) => _milliseconds = milliseconds;
    }
}
