using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Blobs;

/// <summary>One blob being written, by one caller at a time. Disposed without a commit, it leaves nothing.</summary>
internal sealed class BlobWriter : IAsyncDisposable
{
    /// <summary>The bytes written so far.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>Appends; null on success, ServiceUnavailable when the disk is full or fails.</summary>
    public ValueTask<S3Error?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Makes the blob durable under its final name. Returns its segments: one, or none when nothing was written. IncompleteBody when the
    /// length is not the expected one; ServiceUnavailable when the disk is full or fails.
    /// </summary>
    public ValueTask<Outcome<ImmutableArray<BlobSegment>>> CommitAsync(CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
