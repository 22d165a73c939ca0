using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>
/// One blob being written, by one caller at a time. Disposed without a commit, it leaves nothing. While it is small it is only memory; it becomes a
/// file when it grows beyond <see cref="BlobStoreOptions.SmallLimit"/>, and a file takes what it is given piece by piece: callers bring pieces
/// that are worth a write each.
/// </summary>
internal sealed class BlobWriter : IAsyncDisposable
{
    /// <summary>The disk is told to begin with what was written after so many bytes: large enough to be sequential, small beside what is left at the end.</summary>
    private const long WritebackInterval = 8L << 20;

    /// <summary>The free space is looked at again after so many bytes of a blob whose length was not announced.</summary>
    private const long SpaceCheckInterval = 32L << 20;

    private readonly BlobStore _store;
    private readonly long? _expectedLength;
    private byte[]? _small;
    private SafeFileHandle? _file;
    private string _path = "";
    private long _nextWriteback = WritebackInterval;
    private long _nextSpaceCheck = SpaceCheckInterval;
    private bool _published;

    /// <summary>Begins in memory.</summary>
    internal BlobWriter(BlobStore store, long? expectedLength) =>
        (_store, _expectedLength, _small) = (store, expectedLength, expectedLength is null ? [] : new byte[expectedLength.Value]);

    /// <summary>Begins with a file.</summary>
    internal BlobWriter(BlobStore store, SafeFileHandle file, string path, long? expectedLength) =>
        (_store, _file, _path, _expectedLength) = (store, file, path, expectedLength);

    /// <summary>The bytes taken so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends; null on success, ServiceUnavailable when the disk is full or fails, IncompleteBody past the expected length.</summary>
    public ValueTask<S3Error?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Length + bytes.Length > _expectedLength)
        {
            return ValueTask.FromResult<S3Error?>(S3ErrorCode.IncompleteBody);
        }

        if (bytes.IsEmpty || TryKeep(bytes.Span))
        {
            return ValueTask.FromResult<S3Error?>(null);
        }

        return WriteFileAsync(bytes, cancellationToken);
    }

    /// <summary>
    /// Ends the blob: a file is durable under its final name, a small one is left to the commit of its owner. Returns its segments: one, or none when
    /// nothing was written. IncompleteBody when the length is not the expected one; ServiceUnavailable when the disk is full or fails.
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

        if (_small is { } small)
        {
            var content = small.Length == Length ? small : small[..(int)Length];
            return ImmutableArray.Create(_store.Small(content));
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var id = await _store.PublishAsync(_file!, _path);
            _published = true;
            return ImmutableArray.Create(new BlobSegment(id, Length));
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            return _store.Failed(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_file is { IsClosed: false })
        {
            _file.Dispose();
            if (!_published)
            {
                await _store.AbandonAsync(_path);
            }
        }
    }

    /// <summary>Keeps bytes in memory as long as there are few; false when they belong into a file.</summary>
    private bool TryKeep(ReadOnlySpan<byte> bytes)
    {
        if (_small is null || Length + bytes.Length > _store.SmallLimit)
        {
            return false;
        }

        if (Length + bytes.Length > _small.Length)
        {
            Array.Resize(ref _small, (int)Math.Clamp(2 * _small.Length, Length + bytes.Length, _store.SmallLimit));
        }

        bytes.CopyTo(_small.AsSpan((int)Length));
        Length += bytes.Length;
        return true;
    }

    private async ValueTask<S3Error?> WriteFileAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_expectedLength is null && Length >= _nextSpaceCheck)
        {
            _nextSpaceCheck = Length + SpaceCheckInterval;
            if (_store.CheckSpace(0) is { } full)
            {
                return full;
            }
        }

        try
        {
            if (_file is null)
            {
                (_file, _path) = await _store.CreateAsync(_expectedLength);
                await _store.Files.WriteAsync(_file, _small.AsMemory(0, (int)Length), 0, cancellationToken);
                _small = null;
            }

            await _store.Files.WriteAsync(_file, bytes, Length, cancellationToken);
            Length += bytes.Length;
            if (Length >= _nextWriteback)
            {
                var begun = _nextWriteback - WritebackInterval;
                _nextWriteback = Length + WritebackInterval;
                await _store.StartWritebackAsync(_file, begun, Length - begun);
            }
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            return _store.Failed(e);
        }

        return null;
    }
}
