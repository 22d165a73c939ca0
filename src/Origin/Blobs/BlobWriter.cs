using System.Buffers;
using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>One blob being written, by one caller at a time. Disposed without a commit, it leaves nothing.</summary>
internal sealed class BlobWriter : IAsyncDisposable
{
    /// <summary>Bytes are written in pieces of this size: 256 KiB writes were measured to be as cheap as larger ones.</summary>
    private const int BufferSize = 256 << 10;

    /// <summary>The free space is looked at again after so many bytes of a blob whose length was not announced.</summary>
    private const long SpaceCheckInterval = 32L << 20;

    private readonly BlobStore _store;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long? _expectedLength;
    private byte[]? _buffer;
    private int _buffered;
    private long _written;
    private long _nextSpaceCheck = SpaceCheckInterval;
    private bool _published;

    internal BlobWriter(BlobStore store, SafeFileHandle file, string path, long? expectedLength) =>
        (_store, _file, _path, _expectedLength) = (store, file, path, expectedLength);

    /// <summary>The bytes taken so far.</summary>
    public long Length => _written + _buffered;

    /// <summary>Appends; null on success, ServiceUnavailable when the disk is full or fails, IncompleteBody past the expected length.</summary>
    public async ValueTask<S3Error?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Length + bytes.Length > _expectedLength)
        {
            return S3ErrorCode.IncompleteBody;
        }

        while (!bytes.IsEmpty)
        {
            _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
            var count = Math.Min(BufferSize - _buffered, bytes.Length);
            bytes.Span[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            bytes = bytes[count..];
            if (_buffered == BufferSize && await FlushAsync(cancellationToken) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    /// <summary>
    /// Makes the blob durable under its final name. Returns its segments: one, or none when nothing was written. IncompleteBody when the
    /// length is not the expected one; ServiceUnavailable when the disk is full or fails.
    /// </summary>
    public async ValueTask<Outcome<ImmutableArray<BlobSegment>>> CommitAsync(CancellationToken cancellationToken)
    {
        if (_expectedLength is { } expected && Length != expected)
        {
            return S3ErrorCode.IncompleteBody;
        }

        if (Length == 0)
        {
            return ImmutableArray<BlobSegment>.Empty;
        }

        if (await FlushAsync(cancellationToken) is { } error)
        {
            return error;
        }

        try
        {
            var id = await _store.PublishAsync(_file, _path);
            _published = true;
            return ImmutableArray.Create(new BlobSegment(id, _written));
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            return _store.Failed(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!_file.IsClosed)
        {
            _file.Dispose();
            if (!_published)
            {
                await _store.AbandonAsync(_path);
            }
        }
    }

    private async ValueTask<S3Error?> FlushAsync(CancellationToken cancellationToken)
    {
        if (_buffered == 0)
        {
            return null;
        }

        if (_expectedLength is null && _written >= _nextSpaceCheck)
        {
            _nextSpaceCheck = _written + SpaceCheckInterval;
            if (_store.CheckSpace(0) is { } full)
            {
                return full;
            }
        }

        try
        {
            await _store.Files.WriteAsync(_file, _buffer.AsMemory(0, _buffered), _written, cancellationToken);
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            return _store.Failed(e);
        }

        _written += _buffered;
        _buffered = 0;
        return null;
    }
}
