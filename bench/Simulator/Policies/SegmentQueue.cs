namespace EdgeCache.Simulator.Policies;

/// <summary>A log cut into segments: records go to its end, space returns a whole segment at a time from its beginning.</summary>
internal sealed class SegmentQueue(long capacity, long segmentBytes)
{
    private readonly Queue<List<int>> _segments = new();
    private List<int> _open = [];
    private long _openBytes;

    /// <summary>Whether a record of this size needs the oldest segment's space first.</summary>
    public bool IsFull(int bytes) => Opens(bytes) && _segments.Count > 0 && (_segments.Count + 2) * segmentBytes > capacity;

    /// <summary>Writes a record; the caller made room.</summary>
    public void Append(int chunk, int bytes)
    {
        if (Opens(bytes))
        {
            _segments.Enqueue(_open);
            (_open, _openBytes) = ([], 0);
        }

        _open.Add(chunk);
        _openBytes += bytes;
    }

    /// <summary>Gives up the oldest closed segment and returns what was written to it.</summary>
    public List<int> Retire() => _segments.Dequeue();

    private bool Opens(int bytes) => _openBytes + bytes > segmentBytes;
}
