using System.Buffers;
using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Encryption;

/// <summary>The key of a segment being written.</summary>
/// <param name="Key">Its own random key.</param>
/// <param name="Envelope">The key as it is kept.</param>
/// <param name="Protection">Whose key seals it.</param>
internal sealed record SegmentSeal(byte[] Key, byte[] Envelope, Protection Protection);

/// <summary>
/// One segment being written, by one caller at a time. The last chunk is sealed as such, so a full one is held back until it is known whether more follows.
/// Disposed without a commit, it leaves nothing.
/// </summary>
internal sealed class SegmentWriter : IAsyncDisposable
{
    private readonly BlobWriter _blob;
    private readonly SegmentSeal? _seal;
    private readonly ChunkCipher? _cipher;
    private byte[]? _plain;
    private byte[]? _sealed;
    private int _held;
    private long _chunks;

    internal SegmentWriter(BlobWriter blob, SegmentSeal? seal)
    {
        (_blob, _seal) = (blob, seal);
        if (seal is not null)
        {
            _cipher = new ChunkCipher(seal.Key);
            _plain = ArrayPool<byte>.Shared.Rent(CipherLayout.ChunkSize);
            _sealed = ArrayPool<byte>.Shared.Rent(CipherLayout.StoredChunkSize);
        }
    }

    /// <summary>The plain bytes taken so far.</summary>
    public long Length => _cipher is null ? _blob.Length : (_chunks * CipherLayout.ChunkSize) + _held;

    /// <summary>The entity tag of what was written: its MD5, but where only the customer may know what the bytes are.</summary>
    public string ETagOf(byte[] md5) => _seal?.Protection is { CustomerKey: { } key, Check: { } check } ? key.ETagOf(check, md5) : Convert.ToHexStringLower(md5);

    /// <summary>Appends; errors as of <see cref="BlobWriter.WriteAsync"/>.</summary>
    public ValueTask<S3Error?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _cipher is null ? _blob.WriteAsync(bytes, cancellationToken) : SealAsync(bytes, cancellationToken);

    /// <summary>Makes the segment durable; see <see cref="BlobWriter.CommitAsync"/>.</summary>
    public async ValueTask<Outcome<ImmutableArray<BlobSegment>>> CommitAsync(CancellationToken cancellationToken)
    {
        if (_held > 0 && await SealChunkAsync(isLast: true, cancellationToken) is { } error)
        {
            return error;
        }

        var committed = await _blob.CommitAsync(cancellationToken);
        return committed.Succeeded && _seal is not null
            ? committed.Value.Select(s => s with { Envelope = _seal.Envelope }).ToImmutableArray()
            : committed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Return(ref _plain);
        Return(ref _sealed);
        _cipher?.Dispose();
        await _blob.DisposeAsync();
    }

    private static void Return(ref byte[]? buffer)
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private async ValueTask<S3Error?> SealAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            if (_held == CipherLayout.ChunkSize && await SealChunkAsync(isLast: false, cancellationToken) is { } error)
            {
                return error;
            }

            var count = Math.Min(CipherLayout.ChunkSize - _held, bytes.Length);
            bytes.Span[..count].CopyTo(_plain.AsSpan(_held));
            _held += count;
            bytes = bytes[count..];
        }

        return null;
    }

    private async ValueTask<S3Error?> SealChunkAsync(bool isLast, CancellationToken cancellationToken)
    {
        var length = _held + CipherLayout.TagSize;
        _cipher!.Seal(_chunks, isLast, _plain.AsSpan(0, _held), _sealed.AsSpan(0, length));
        if (!isLast)
        {
            _chunks++;
            _held = 0;
        }

        return await _blob.WriteAsync(_sealed.AsMemory(0, length), cancellationToken);
    }
}
