using System.Buffers;
using EdgeCache.Shared.Checksums;
using EdgeCache.Transport;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// A claim on a chunk's bytes. It keeps the segment's file open, so eviction does not disturb whoever reads; the disk space comes back
/// when the last lease of an evicted segment is disposed. Dispose as soon as the bytes are sent. One reader at a time.
/// </summary>
internal sealed class ChunkLease : IStoredBytes
{
    /// <summary>How much is read at a time only to be verified.</summary>
    private const int VerifyPiece = 4 * ChunkGeometry.BlockSize;

    private const string InjectedFault = "Input/output error, injected";

    private readonly ChunkStore store;
    private readonly SegmentFile segment;
    private readonly ChunkLocation location;
    private ulong verified;
    private int disposed;

    /// <summary>Takes over a reference that the caller holds on <paramref name="segment"/>.</summary>
    /// <param name="store">The store that gives the lease.</param>
    /// <param name="segment">Where the chunk lies.</param>
    /// <param name="id">The chunk.</param>
    /// <param name="location">Its record.</param>
    /// <param name="fileOffset">The position of the payload in the file.</param>
    /// <param name="verified">The blocks that need not be verified; see <see cref="BlockMask"/>.</param>
    public ChunkLease(ChunkStore store, SegmentFile segment, ChunkId id, ChunkLocation location, long fileOffset, ulong verified)
    {
        this.verified = verified;
        this.store = store;
        this.segment = segment;
        this.location = location;
        Id = id;
        FileOffset = fileOffset;
    }

    /// <summary>The chunk.</summary>
    public ChunkId Id { get; }

    /// <summary>The segment's file, open for reading at least until this lease is disposed.</summary>
    public SafeFileHandle Handle => segment.Handle;

    /// <summary>The position of the payload's first byte in the file; a multiple of 4 KiB.</summary>
    public long FileOffset { get; }

    /// <summary>The record that the lease is for.</summary>
    public ChunkLocation Location => location;

    /// <summary>The payload's length in bytes.</summary>
    public int Length => location.Length;

    /// <summary>Reads the asked range, and verifies the whole blocks around it as far as the store's <see cref="ChecksumPolicy"/> asks for it; false when the chunk is damaged (it is then dropped from the store).</summary>
    /// <param name="offset">Where in the payload to begin.</param>
    /// <param name="destination">Filled entirely on true; its content is undefined on false.</param>
    /// <param name="cancellationToken">Stops the wait for the disk.</param>
    public async ValueTask<bool> ReadAsync(int offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Length - offset);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        try
        {
            var touched = destination.IsEmpty ? 0 : BlockMask.Of(offset, destination.Length);
            var intact = (touched & ~verified) == 0
                ? await FillAsync(FileOffset + offset, destination, cancellationToken)
                : (store.Headers.Find(Id, location) ?? await ReadHeaderAsync(cancellationToken)) is { } expected &&
                    await ReadBlocksAsync(expected, offset, destination, cancellationToken);
            store.OnRead();
            if (!intact)
                store.OnDamaged(Id, location);
            else if (store.VerifiesOnce)
                NoteVerified(touched);

            return intact;
        }
        catch (IOException e)
        {
            store.OnReadFailed(Id, location, e);
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> VerifyAsync(int offset, int length, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        // What was verified before may have left memory since, and a disk that fails is to be noticed before the range is promised to anybody.
        if ((BlockMask.Of(offset, length) & ~verified) == 0 && store.FailRead is null && PageCache.Has(Handle, FileOffset + offset, length))
        {
            store.OnRead();
            return ValueTask.FromResult(true);
        }

        return VerifyBlocksAsync(offset, length, cancellationToken);
    }

    /// <inheritdoc/>
    public void Renounce(bool isUnreadable)
    {
        if (isUnreadable)
            store.OnReadFailed(Id, location, new IOException("Input/output error while sending"));
        else
            store.OnDamaged(Id, location);
    }

    /// <summary>Compares blocks on the medium with their checksums; false when the chunk is damaged or can't be read (it is then dropped).</summary>
    /// <param name="reader">Reads them.</param>
    /// <param name="offset">Where in the payload to begin: the start of a block.</param>
    /// <param name="length">How much, up to the end of a block.</param>
    /// <param name="expected">The chunk's checksums as the medium has them; null before the first call.</param>
    public bool Scrub(MediumReader reader, int offset, int length, ref uint[]? expected)
    {
        try
        {
            if (store.FailRead?.Invoke() == true)
                throw new IOException(InjectedFault);

            expected ??= HeaderOnMedium(reader);
            var bytes = reader.Read(Handle, FileOffset + offset, length);
            if (expected is not null && bytes.Length == length && Matches(expected, offset / ChunkGeometry.BlockSize, bytes))
                return true;

            store.OnDamaged(Id, location);
        }
        catch (IOException e)
        {
            store.OnReadFailed(Id, location, e);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            segment.Release();
    }

    // Whole blocks are read, piece by piece, so that what is verified is still in the processor's cache when it is sent.
    private async ValueTask<bool> VerifyBlocksAsync(int offset, int length, CancellationToken cancellationToken)
    {
        var end = offset + length;
        offset -= offset % ChunkGeometry.BlockSize;
        var piece = ArrayPool<byte>.Shared.Rent(VerifyPiece);
        var intact = true;
        while (intact && offset < end)
        {
            var count = Math.Min(VerifyPiece, Math.Min(Length, end + ChunkGeometry.BlockSize - 1) - offset);
            if (offset + count != Length)
                count -= count % ChunkGeometry.BlockSize;

            intact = await ReadAsync(offset, piece.AsMemory(0, count), cancellationToken);
            offset += count;
        }

        // Not in a finally: after an exception the buffer may still be written to.
        ArrayPool<byte>.Shared.Return(piece);
        return intact;
    }

    private void NoteVerified(ulong touched)
    {
        if ((touched & ~verified) == 0)
            return;

        verified |= touched;
        store.OnVerified(Id, location, touched);
    }

    private uint[]? HeaderOnMedium(MediumReader reader)
    {
        var header = reader.Read(Handle, FileOffset - ChunkGeometry.HeaderSize, ChunkGeometry.HeaderSize);
        return header.Length == ChunkGeometry.HeaderSize ? ChunkRecord.TryReadHeader(header, Id, Length) : null;
    }

    private async ValueTask<uint[]?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkGeometry.HeaderSize);
        var header = buffer.AsMemory(0, ChunkGeometry.HeaderSize);
        var read = await FillAsync(FileOffset - ChunkGeometry.HeaderSize, header, cancellationToken);
        var blocks = read ? ChunkRecord.TryReadHeader(header.Span, Id, Length) : null;
        // Not in a finally: after an exception the buffer may still be written to.
        ArrayPool<byte>.Shared.Return(buffer);
        if (blocks is not null)
            store.Headers.Keep(Id, location, blocks);

        return blocks;
    }

    // Whole blocks go straight to the destination; a block that the range only touches goes through a buffer.
    private async ValueTask<bool> ReadBlocksAsync(uint[] expected, int offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        byte[]? partial = null;
        var intact = true;
        while (intact && !destination.IsEmpty)
        {
            var block = offset / ChunkGeometry.BlockSize;
            var blockStart = block * ChunkGeometry.BlockSize;
            var blockLength = Math.Min(ChunkGeometry.BlockSize, Length - blockStart);
            if (offset == blockStart && destination.Length >= blockLength)
            {
                var whole = WholeBlocks(offset, destination.Length);
                intact = await FillAsync(FileOffset + offset, destination[..whole], cancellationToken) && Matches(expected, block, destination.Span[..whole]);
                destination = destination[whole..];
                offset += whole;
            }
            else
            {
                partial ??= ArrayPool<byte>.Shared.Rent(ChunkGeometry.BlockSize);
                var bytes = partial.AsMemory(0, blockLength);
                intact = await FillAsync(FileOffset + blockStart, bytes, cancellationToken) && Matches(expected, block, bytes.Span);
                var wanted = Math.Min(destination.Length, blockStart + blockLength - offset);
                bytes.Slice(offset - blockStart, wanted).CopyTo(destination);
                destination = destination[wanted..];
                offset += wanted;
            }
        }

        if (partial is not null)
            ArrayPool<byte>.Shared.Return(partial);

        return intact;
    }

    // The length of the blocks that lie entirely within the range; the chunk's last block may be short.
    private int WholeBlocks(int offset, int length) =>
        offset + length == Length ? length : length / ChunkGeometry.BlockSize * ChunkGeometry.BlockSize;

    private static bool Matches(uint[] expected, int firstBlock, ReadOnlySpan<byte> bytes)
    {
        for (var block = firstBlock; !bytes.IsEmpty; block++)
        {
            var length = Math.Min(ChunkGeometry.BlockSize, bytes.Length);
            if (Crc32C.Append(0, bytes[..length]) != expected[block])
                return false;

            bytes = bytes[length..];
        }

        return true;
    }

    private async ValueTask<bool> FillAsync(long position, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (store.FailRead?.Invoke() == true)
            throw new IOException(InjectedFault);
        if (CachedReads.TryRead(segment.Handle, destination.Span, default, position))
            return true;

        while (!destination.IsEmpty)
        {
            var read = await RandomAccess.ReadAsync(segment.Handle, destination, position, cancellationToken);
            if (read == 0)
                return false;

            destination = destination[read..];
            position += read;
        }

        return true;
    }
}
