using System.Buffers;
using EdgeCache.Origin.Blobs;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Encryption;

/// <summary>An open segment: reads its plain bytes at any offset, decrypting no more than the chunks that hold them. For one reader at a time.</summary>
internal sealed class SegmentReader(BlobHandle blob, ChunkCipher? cipher, long length) : IDisposable
{
    private byte[]? _sealed = cipher is null ? null : ArrayPool<byte>.Shared.Rent(CipherLayout.StoredChunkSize);
    private byte[]? _plain;
    private long _plainChunk = -1;

    /// <summary>The file that holds the plain bytes; null when they are encrypted, or in no file.</summary>
    public SafeFileHandle? File => cipher is null ? blob.File : null;

    /// <summary>The plain length, in bytes.</summary>
    public long Length => length;

    /// <summary>Reads at an offset; 0 only at the end.</summary>
    /// <exception cref="IOException">The disk fails, or what it holds is not what was stored.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken) =>
        cipher is null ? blob.ReadAsync(destination, offset, cancellationToken) : OpenAsync(destination, offset, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Return(ref _sealed);
        Return(ref _plain);
        cipher?.Dispose();
        blob.Dispose();
    }

    private static void Return(ref byte[]? buffer)
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private async ValueTask<int> OpenAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken)
    {
        var total = 0;
        while (total < destination.Length && offset + total < length)
        {
            var (chunk, within) = Math.DivRem(offset + total, CipherLayout.ChunkSize);
            var size = (int)Math.Min(CipherLayout.ChunkSize, length - (chunk * CipherLayout.ChunkSize));
            var room = destination[total..];
            if (within == 0 && room.Length >= size && chunk != _plainChunk)
            {
                await OpenChunkAsync(chunk, size, room[..size], cancellationToken);
                total += size;
                continue;
            }

            if (chunk != _plainChunk)
            {
                _plain ??= ArrayPool<byte>.Shared.Rent(CipherLayout.ChunkSize);
                _plainChunk = -1;
                await OpenChunkAsync(chunk, size, _plain.AsMemory(0, size), cancellationToken);
                _plainChunk = chunk;
            }

            var count = Math.Min(room.Length, size - (int)within);
            _plain.AsMemory((int)within, count).CopyTo(room);
            total += count;
        }

        return total;
    }

    private async ValueTask OpenChunkAsync(long chunk, int size, Memory<byte> plain, CancellationToken cancellationToken)
    {
        var stored = _sealed.AsMemory(0, size + CipherLayout.TagSize);
        for (var read = 0; read < stored.Length;)
        {
            var count = await blob.ReadAsync(stored[read..], (chunk * CipherLayout.StoredChunkSize) + read, cancellationToken);
            if (count == 0)
            {
                throw new IOException("An encrypted blob is shorter than it should be.");
            }

            read += count;
        }

        var isLast = chunk == CipherLayout.Chunks(length) - 1;
        if (!cipher!.TryOpen(chunk, isLast, stored.Span, plain.Span))
        {
            throw new IOException($"Chunk {chunk} of an encrypted blob is not what was stored.");
        }
    }
}
