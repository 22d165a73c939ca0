using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Buffers;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// The memory of fills, in four size classes, so that a few blocks do not take the room of a full chunk. How much is out in all is the scheduler's to
/// bound; each class alone never has more than the budget.
/// </summary>
internal sealed class FillBuffers : IDisposable
{
    /// <summary>The least budget, in bytes: room for four full chunks.</summary>
    public const long MinimumBudget = 4 * ChunkGeometry.RecordSize;

    /// <summary>The largest buffer, in bytes: a full chunk's.</summary>
    public const int LargestSize = ChunkGeometry.PayloadSize;

    /// <summary>The idle memory that each class keeps is the budget divided by this.</summary>
    private const int RetainedShare = 4;

    /// <summary>A block; the blocks that a range under 256 KiB touches; those of a range of 1 MiB, and some more; a chunk.</summary>
    private static readonly int[] Sizes = [ChunkGeometry.BlockSize, 5 * ChunkGeometry.BlockSize, 20 * ChunkGeometry.BlockSize, LargestSize];

    private readonly BufferPool[] _pools;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="budget">The scheduler's budget in bytes.</param>
    public FillBuffers(long budget) => _pools =
        [.. Sizes.Select(size => new BufferPool(size, (int)Math.Min(budget / size, int.MaxValue), (int)Math.Min(budget / RetainedShare / size, int.MaxValue)))];

    /// <summary>How many buffers are out.</summary>
    public int Outstanding => _pools.Sum(static p => p.Outstanding);

    /// <summary>The bytes of the buffers that are out.</summary>
    public long OutstandingBytes => _pools.Sum(static p => (long)p.Outstanding * p.BufferSize);

    /// <summary>The length of the buffer that a fill of <paramref name="length"/> bytes gets.</summary>
    public static int SizeFor(int length) => Sizes[ClassOf(length)];

    /// <summary>A buffer for <paramref name="length"/> bytes. It waits at most for a reader that still copies out of one that was given back.</summary>
    public ValueTask<PooledBuffer> RentAsync(int length, CancellationToken cancellationToken) => _pools[ClassOf(length)].RentAsync(cancellationToken);

    public void Dispose()
    {
        foreach (var pool in _pools)
        {
            pool.Dispose();
        }
    }

    private static int ClassOf(int length) => Array.FindIndex(Sizes, size => length <= size);
}
