using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>
/// The metadata of a region: one database, one writer with group commit, a bounded pool of readers. Mutations return when they are
/// durable. Reads throw <see cref="Shared.S3.S3Exception"/> (ServiceUnavailable) when the database can't be read.
/// </summary>
internal sealed class OriginCatalog : IAsyncDisposable
{
    private readonly FileStream _lock;
    private readonly ReaderPool _readers;
    private int _disposed;

    private OriginCatalog(
        FileStream fileLock, ReaderPool readers, CatalogWriter writer, PastVersions past, FeedStore feed, string region, ILogger logger)
    {
        (_lock, _readers, Writer, Feed) = (fileLock, readers, writer, feed);
        Buckets = new BucketStore(writer, readers, region, logger);
        Versions = new VersionStore(writer, readers, past);
        Uploads = new UploadStore(writer, readers);
        Usage = new UsageStore(readers, region);
        Maintenance = new MaintenanceStore(writer, readers);
        Positions = new PositionStore(writer, readers);
        Lifecycle = new LifecycleStore(writer, readers);
    }

    /// <summary>The buckets.</summary>
    public BucketStore Buckets { get; }

    /// <summary>The versions.</summary>
    public VersionStore Versions { get; }

    /// <summary>The multipart uploads.</summary>
    public UploadStore Uploads { get; }

    /// <summary>What the buckets hold.</summary>
    public UsageStore Usage { get; }

    /// <summary>The change feed.</summary>
    public FeedStore Feed { get; }

    /// <summary>What the background workers clean up by.</summary>
    public MaintenanceStore Maintenance { get; }

    /// <summary>How far background workers came.</summary>
    public PositionStore Positions { get; }

    /// <summary>What lifecycle rules look at and do.</summary>
    public LifecycleStore Lifecycle { get; }

    /// <summary>The one writer.</summary>
    internal CatalogWriter Writer { get; }

    /// <summary>Opens or creates the database file and brings its schema up to date.</summary>
    /// <exception cref="CatalogOpenException">The database is unusable: not ours, of a newer schema, of another region, in use by another
    /// process, or not accessible.</exception>
    public static Task<OriginCatalog> OpenAsync(
        string path, string region, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        Task.Run(() => Open(path, region, time, loggers.CreateLogger<OriginCatalog>()), cancellationToken);

    /// <summary>Commits what is queued and closes the database. Nothing may be reading.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await Writer.DisposeAsync();
        _readers.Dispose();
        await _lock.DisposeAsync();
    }

    private static OriginCatalog Open(string path, string region, TimeProvider time, ILogger logger)
    {
        FileStream? fileLock = null;
        SqlSession? session = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

            // Sequences are given out from memory, so a second process on the same file must not exist.
            fileLock = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            session = SqliteDialect.OpenWriter(path);
            var epoch = SchemaMigrator.Migrate(session, region, time);
            var sequence = CatalogWriter.NewestSequence(session);
            var readers = new ReaderPool(() => SqliteDialect.OpenReader(path), logger);
            var feed = new FeedStore(readers, epoch, sequence);
            var past = new PastVersions(time);
            var writer = new CatalogWriter(session, () => SqliteDialect.OpenWriter(path), sequence, past, feed.Publish, time, logger);
            CatalogLog.Opened(logger, path, sequence, epoch);
            return new OriginCatalog(fileLock, readers, writer, past, feed, region, logger);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or CatalogOpenException)
        {
            session?.Dispose();
            fileLock?.Dispose();
            throw e as CatalogOpenException ?? new CatalogOpenException($"The catalog {path} can't be opened: {e.Message}", e);
        }
    }
}
