using System.Collections.Concurrent;
using System.Data.Common;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>Sessions for reading, opened as needed up to a bound. A session that failed is not used again.</summary>
internal sealed class ReaderPool(Func<SqlSession> open, ILogger logger) : IDisposable
{
    /// <summary>How many reads run at once.</summary>
    public const int MaxReaders = 8;

    /// <summary>How long a read waits for its turn before the caller is told to slow down.</summary>
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentBag<SqlSession> _idle = [];
    private readonly SemaphoreSlim _slots = new(MaxReaders);

    /// <summary>Runs a read, synchronously once it has a session.</summary>
    /// <exception cref="S3Exception">SlowDown when no session came free in time; ServiceUnavailable when the database can't be read.</exception>
    public async Task<T> ReadAsync<T>(Func<SqlSession, T> read, CancellationToken cancellationToken)
    {
        if (!await _slots.WaitAsync(s_maxWait, cancellationToken))
        {
            throw new S3Exception(S3ErrorCode.SlowDown);
        }

        SqlSession? session = null;
        try
        {
            session = _idle.TryTake(out var idle) ? idle : open();
            var result = read(session);
            _idle.Add(session);
            session = null;
            return result;
        }
        catch (DbException e) when (SqliteDialect.IsStorageFailure(e))
        {
            CatalogLog.ReadFailed(logger, e);
            throw new S3Exception(S3ErrorCode.ServiceUnavailable, e);
        }
        finally
        {
            session?.Dispose();
            _slots.Release();
        }
    }

    /// <summary>Closes the idle sessions; no read may be running.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _slots.Dispose();
    }
}
