using System.Buffers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Transport;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Blocks;

/// <summary>A claim on a block's bytes; it keeps the segment's file open, also when the segment is evicted meanwhile.</summary>
/// <param name="store">The store that gives it.</param>
/// <param name="file">Where the block lies; a reference passes to the lease.</param>
/// <param name="key">The block.</param>
/// <param name="location">Its record.</param>
/// <param name="isVerified">Whether it need not be compared with its checksum.</param>
internal sealed class BlockLease(BlockStore store, SegmentFile file, BlockKey key, BlockLocation location, bool isVerified) : IStoredBytes
{
    private int _disposed;

    /// <inheritdoc/>
    public SafeFileHandle Handle => file.Handle;

    /// <inheritdoc/>
    public long FileOffset => location.Offset + BlockRecord.HeaderSize;

    /// <inheritdoc/>
    public int Length => location.Length;

    /// <inheritdoc/>
    public ValueTask<bool> VerifyAsync(int offset, int length, CancellationToken cancellationToken) =>
        isVerified && PageCache.Has(Handle, FileOffset + offset, length) ? ValueTask.FromResult(true) : VerifyAsync(cancellationToken);

    /// <inheritdoc/>
    public void Renounce(bool isUnreadable) => store.Lose(key, location, isUnreadable);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            file.Release();
    }

    private async ValueTask<bool> VerifyAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Length);
        var isIntact = await store.VerifyAsync(file, key, location, buffer.AsMemory(0, Length), cancellationToken);
        // Not in a finally: after an exception the buffer may still be written to.
        ArrayPool<byte>.Shared.Return(buffer);
        return isIntact;
    }
}
