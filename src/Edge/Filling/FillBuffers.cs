using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Buffers;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// The memory of fills, bounded in bytes: three size classes, so that small objects do not take the room of full chunks. Large ones share
/// three quarters of the budget, the two smaller classes an eighth each; each class has at least a few buffers.
/// </summary>
internal sealed class FillBuffers : IDisposable
{
    private const int SmallSize = 64 << 10;
    private const int MediumSize = 1 << 20;
    private const int MinPerClass = 4;

    /// <summary>The memory that idle buffers of one class keep.</summary>
    private const long RetainedBytes = 64 << 20;

    private readonly BufferPool _small;
    private readonly BufferPool _medium;
    private readonly BufferPool _large;

    public FillBuffers(long maxBytes)
    {
        _small = Pool(SmallSize, maxBytes / 8);
        _medium = Pool(MediumSize, maxBytes / 8);
        _large = Pool(ChunkGeometry.PayloadSize, maxBytes / 4 * 3);
    }

    /// <summary>How many buffers are out.</summary>
    public int Outstanding => _small.Outstanding + _medium.Outstanding + _large.Outstanding;

    /// <summary>A buffer for <paramref name="length"/> bytes, once the budget has room.</summary>
    public ValueTask<PooledBuffer> RentAsync(int length, CancellationToken cancellationToken) =>
        (length <= SmallSize ? _small : length <= MediumSize ? _medium : _large).RentAsync(cancellationToken);

    public void Dispose()
    {
        _small.Dispose();
        _medium.Dispose();
        _large.Dispose();
    }

    private static BufferPool Pool(int size, long budget) =>
        new(size, (int)Math.Clamp(budget / size, MinPerClass, 1 << 16), (int)Math.Min(budget / size, RetainedBytes / size));
}
