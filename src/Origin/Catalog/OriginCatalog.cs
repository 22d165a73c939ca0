namespace EdgeCache.Origin.Catalog;

/// <summary>
/// The metadata of a region: one database, one writer with group commit, a bounded pool of readers. Mutations return when they are
/// durable. Reads throw <see cref="Shared.S3.S3Exception"/> (ServiceUnavailable) when the database can't be read.
/// </summary>
internal sealed class OriginCatalog : IAsyncDisposable
{
    /// <summary>Opens or creates the database file and brings its schema up to date.</summary>
    /// <exception cref="CatalogOpenException">The database is unusable: not ours, of a newer schema, of another region, or not accessible.</exception>
    public static Task<OriginCatalog> OpenAsync(
        string path, string region, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>The buckets.</summary>
    public BucketStore Buckets { get; } = new();

    /// <summary>The versions.</summary>
    public VersionStore Versions { get; } = new();

    /// <summary>The multipart uploads.</summary>
    public UploadStore Uploads { get; } = new();

    /// <summary>The change feed.</summary>
    public FeedStore Feed { get; } = new();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
