using EdgeCache.Simulator.Workloads;

namespace EdgeCache.Simulator.Policies;

/// <summary>How a chunk in a queue is treated when it is read.</summary>
internal enum QueueOrder
{
    /// <summary>By the time when it was stored.</summary>
    Fifo,

    /// <summary>By the time when it was read last.</summary>
    Lru,

    /// <summary>SIEVE (Zhang et al., NSDI 2024): stays in its place, and is spared once by the hand if it was read.</summary>
    Sieve,
}

/// <summary>FIFO, LRU and SIEVE with exact sizes and no cost of storing, as references.</summary>
internal sealed class QueuePolicy(QueueOrder order, long capacity) : ICachePolicy
{
    private readonly LinkedList<Entry> _queue = new();
    private readonly Dictionary<int, LinkedListNode<Entry>> _nodes = [];
    private LinkedListNode<Entry>? _hand;
    private long _used;

    public string Name => order.ToString().ToUpperInvariant();

    public long BytesWritten { get; private set; }

    public bool Read(in Access access)
    {
        if (_nodes.TryGetValue(access.Chunk, out var node))
        {
            if (order == QueueOrder.Lru)
            {
                _queue.Remove(node);
                _queue.AddFirst(node);
            }
            else
            {
                node.Value.Visited = true;
            }

            return true;
        }

        while (_used + access.Bytes > capacity && _queue.Count > 0)
            Evict();

        _nodes[access.Chunk] = _queue.AddFirst(new Entry(access.Chunk, access.Bytes));
        _used += access.Bytes;
        BytesWritten += access.Bytes;
        return false;
    }

    private void Evict()
    {
        var victim = _queue.Last!;
        if (order == QueueOrder.Sieve)
        {
            victim = _hand ?? victim;
            while (victim.Value.Visited)
            {
                victim.Value.Visited = false;
                victim = victim.Previous ?? _queue.Last!;
            }

            _hand = victim.Previous;
        }

        _queue.Remove(victim);
        _nodes.Remove(victim.Value.Chunk);
        _used -= victim.Value.Bytes;
    }

    private sealed class Entry(int chunk, int bytes)
    {
        public int Chunk => chunk;

        public int Bytes => bytes;

        public bool Visited { get; set; }
    }
}
