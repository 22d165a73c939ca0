using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>The log-structured store of chunks on one NVMe drive.</summary>
internal sealed class ChunkStore : IAsyncDisposable
{
    /// <summary>Opens the store, with what an earlier process left in the directory.</summary>
    public static Task<ChunkStore> OpenAsync(
        ChunkStoreOptions options, TimeProvider time, ILoggerFactory loggerFactory, IMeterFactory? meterFactory, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>A snapshot of the counters.</summary>
    public ChunkStoreStatistics Statistics => throw new NotSupportedException();

    /// <summary>Whether the chunk is stored. Eviction may take it at any time: only a lease is a claim.</summary>
    public bool Contains(ChunkId id) => throw new NotSupportedException();

    /// <summary>Takes a lease on a stored chunk.</summary>
    public bool TryGet(ChunkId id, [NotNullWhen(true)] out ChunkLease? lease) => throw new NotSupportedException();

    /// <summary>
    /// Stores a chunk; true once its bytes are in the file, journalled, and visible to <see cref="TryGet"/>; false when the store takes no
    /// appends now (disk full, I/O error, too many leases on evicted segments, being disposed).
    /// </summary>
    public ValueTask<bool> AppendAsync(ChunkId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Drops a chunk from the index; its space returns when its segment is evicted.</summary>
    public void Remove(ChunkId id) => throw new NotSupportedException();

    /// <summary>Waits until all that was appended or removed before is in the files.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
