using System.Collections.Concurrent;

namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>A bucket of the history test.</summary>
internal sealed record HistoryBucket(string Name, int Region, bool IsVersioned, bool IsStrong);

/// <summary>One key of the history test, with what happened to it so far.</summary>
internal sealed class HistoryKey(HistoryBucket bucket, int number, Random random)
{
    private readonly ConcurrentQueue<WriteOperation> _writes = new();
    private readonly ConcurrentQueue<ReadOperation> _reads = new();
    private long _lastWrite;

    public HistoryBucket Bucket => bucket;

    public int Number => number;

    public string Path => $"/{bucket.Name}/key-{number}";

    public int Writes => _writes.Count;

    /// <summary>The number of the next write.</summary>
    public long NextWrite() => Interlocked.Increment(ref _lastWrite);

    /// <summary>A length: mostly within a block or a few, some of several chunks, one in ten large enough for an upload in parts.</summary>
    public int NextLength()
    {
        lock (random)
        {
            return random.Next(20) switch
            {
                0 => random.Next(5_300_000, 9_000_000),
                1 => random.Next(1_100_000, 9_000_000),
                < 5 => random.Next(100_000, 1_300_000),
                _ => random.Next(1_024, 100_000),
            };
        }
    }

    public void Add(WriteOperation write) => _writes.Enqueue(write);

    public void Add(ReadOperation read) => _reads.Enqueue(read);

    public KeyHistory History() => new(Path, bucket.IsStrong, [.. _writes], [.. _reads]);
}
