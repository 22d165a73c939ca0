using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Blobs;

/// <summary>Immutable files of bytes in a directory.</summary>
internal sealed class BlobStore
{
    /// <summary>Opens or creates the store, and deletes what unfinished writes left.</summary>
    /// <exception cref="IOException">The directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory can't be used.</exception>
    public static BlobStore Open(BlobStoreOptions options, TimeProvider time, ILoggerFactory loggers) => throw new NotImplementedException();

    /// <summary>Begins a blob. ServiceUnavailable when the disk is full or fails.</summary>
    /// <param name="expectedLength">Its length in bytes when known: space is reserved and the length is verified.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<Outcome<BlobWriter>> BeginAsync(long? expectedLength, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Opens a blob for positional reads. ServiceUnavailable when it can't be read or has not the length that the catalog knows.</summary>
    public Outcome<BlobHandle> OpenRead(BlobSegment segment) => throw new NotImplementedException();

    /// <summary>Makes blobs of the same bytes with a life of their own (hard links), durable like committed ones. For server-side copy.</summary>
    public ValueTask<Outcome<ImmutableArray<BlobSegment>>> CloneAsync(
        ImmutableArray<BlobSegment> segments, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes blobs that no version or part has come to own; failures are logged and left to orphan collection.</summary>
    public ValueTask DiscardAsync(IEnumerable<BlobSegment> segments) => throw new NotImplementedException();
}
