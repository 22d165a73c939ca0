namespace EdgeCache.Origin.Blobs;

/// <summary>Settings of the blob store.</summary>
internal sealed record BlobStoreOptions
{
    /// <summary>The directory that holds <c>tmp</c> and <c>blobs</c>; both must be on one file system.</summary>
    public required string Directory { get; init; }

    /// <summary>Writes are refused while the file system has fewer free bytes than this, so that the catalog can still work.</summary>
    public long MinFreeBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Blobs of up to so many bytes are not files: they are handed to the catalog, which commits them with their version by one fsync for all that
    /// are waiting. Beyond it, writing the bytes twice (log and database) costs more than a file's own fsyncs.
    /// </summary>
    public int SmallLimit { get; init; } = 32 << 10;
}
