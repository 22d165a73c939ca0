using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// A claim on a chunk's bytes. It keeps the segment's file open, so eviction does not disturb whoever reads; the disk space comes back
/// when the last lease of an evicted segment is disposed. Dispose exactly as soon as the bytes are sent.
/// </summary>
internal sealed class ChunkLease : IDisposable
{
    /// <summary>The segment's file, open for reading at least until this lease is disposed.</summary>
    public SafeFileHandle Handle => throw new NotSupportedException();

    /// <summary>The position of the payload's first byte in the file; a multiple of 4 KiB.</summary>
    public long FileOffset => throw new NotSupportedException();

    /// <summary>The payload's length in bytes.</summary>
    public int Length => throw new NotSupportedException();

    /// <summary>Reads and verifies whole blocks around the asked range; false when the chunk is damaged (it is then dropped from the store).</summary>
    /// <param name="offset">Where in the payload to begin.</param>
    /// <param name="destination">Filled entirely on true; its content is undefined on false.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    public ValueTask<bool> ReadAsync(int offset, Memory<byte> destination, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
