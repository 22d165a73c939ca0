using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>
/// The one writer: a thread that takes mutations from a bounded queue and commits as many as are waiting in one transaction, so that they
/// share one fsync. Each mutation has a savepoint: one that refuses or fails leaves no trace, and takes none with it. When the disk fails
/// the whole transaction is given up, its callers get ServiceUnavailable, and the next one begins on a fresh session.
/// </summary>
internal sealed class CatalogWriter : IAsyncDisposable
{
    /// <summary>Mutations that may wait; beyond, callers are told to slow down.</summary>
    public const int QueueCapacity = 8192;

    /// <summary>Mutations per transaction at most, which bounds the wait of the first for the last.</summary>
    public const int MaxBatch = 512;

    /// <summary>After this long without a mutation, the write-ahead log is folded into the database.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<WriteItem> _queue = new(QueueCapacity);
    private readonly List<WriteItem> _batch = new(MaxBatch);
    private readonly UsageLedger _usage = new();
    private readonly PastVersions _past;
    private readonly Func<SqlSession> _open;
    private readonly TimeProvider _time;
    private readonly Action<long> _committed;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqlSession? _session;
    private long _sequence;
    private bool _walToTruncate;

    /// <summary>Starts the writer.</summary>
    /// <param name="session">A session that is open already.</param>
    /// <param name="open">Opens another after a failure.</param>
    /// <param name="sequence">The newest sequence in the database.</param>
    /// <param name="past">Takes the versions that end.</param>
    /// <param name="committed">Called after a commit that appended to the feed, with the newest sequence.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public CatalogWriter(SqlSession session, Func<SqlSession> open, long sequence, PastVersions past, Action<long> committed, TimeProvider time, ILogger logger)
    {
        (_session, _open, _sequence, _past, _committed, _time, _logger) = (session, open, sequence, past, committed, time, logger);
        new Thread(Run) { IsBackground = true, Name = "catalog writer" }.Start();
    }

    /// <summary>The newest sequence in the database; 0 when nothing was ever changed.</summary>
    public static long NewestSequence(SqlSession session) => session.Integer("SELECT MAX(sequence) FROM changes") ?? 0;

    /// <summary>Runs a mutation; completes when it is durable. SlowDown when too many wait, ServiceUnavailable when the disk fails.</summary>
    public Task<Outcome<T>> RunAsync<T>(Func<Mutation, Outcome<T>> body, CancellationToken cancellationToken)
    {
        var item = new WriteItem<T>(body, cancellationToken);
        try
        {
            if (!_queue.TryAdd(item, 0, CancellationToken.None))
            {
                item.Refuse(S3ErrorCode.SlowDown);
            }
        }
        catch (InvalidOperationException)
        {
            // The catalog is being closed.
            item.Refuse(S3ErrorCode.ServiceUnavailable);
        }

        return item.Done;
    }

    /// <summary>Commits what is queued and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _stopped.Task;
        _queue.Dispose();
    }

    private void Run()
    {
        while (!_queue.IsCompleted)
        {
            if (_queue.TryTake(out var first, s_idle))
            {
                CommitBatch(first);
            }
            else if (_walToTruncate)
            {
                TruncateWal();
            }
        }

        TruncateWal();
        _session?.Dispose();
        _stopped.SetResult();
    }

    private SqlSession Reopen()
    {
        // A commit that reported failure may have happened all the same: the database knows. If it did not, its frames may still lie
        // behind the end of the write-ahead log, where a crash would bring them back; the next commit, this one, overwrites them.
        var session = _open();
        try
        {
            session.Execute(
                "INSERT INTO catalog_info (name, value) VALUES ('reopened', @at) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                ("at", _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
            Advance(NewestSequence(session));
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void CommitBatch(WriteItem first)
    {
        _batch.Clear();
        try
        {
            _session ??= Reopen();
            _session.Execute("BEGIN IMMEDIATE");
            var mutation = new Mutation(_session, _time, _sequence, _usage, _past);
            for (var item = first; item is not null; item = _batch.Count < MaxBatch && _queue.TryTake(out var next) ? next : null)
            {
                if (item.TryStart())
                {
                    _batch.Add(item);
                    RunInSavepoint(item, mutation);
                }
            }

            _usage.Write(_session);
            _session.Execute("COMMIT");
            _walToTruncate = true;
            Publish(mutation.Sequence);
        }
        catch (Exception e)
        {
            Abandon(first, e);
        }
    }

    private void RunInSavepoint(WriteItem item, Mutation mutation)
    {
        var sequence = mutation.Sequence;
        mutation.Sql.Execute("SAVEPOINT mutation");
        try
        {
            if (item.Run(mutation))
            {
                mutation.Sql.Execute("RELEASE mutation");
                _usage.Keep();
                return;
            }
        }
        catch (Exception e) when (e is not DbException failure || !SqliteDialect.IsStorageFailure(failure))
        {
            CatalogLog.MutationFailed(_logger, e);
            item.Throw(e);
        }

        mutation.RollBackTo(sequence);
        mutation.Sql.Execute("ROLLBACK TO mutation");
        mutation.Sql.Execute("RELEASE mutation");
    }

    private void Publish(long sequence)
    {
        // The feed moves before the callers hear of it: a caller's sequence is never ahead of what a subscriber can read.
        Advance(sequence);
        foreach (var item in _batch)
        {
            item.Complete();
        }
    }

    private void Advance(long sequence)
    {
        if (sequence > _sequence)
        {
            _sequence = sequence;
            _committed(sequence);
        }
    }

    private void Abandon(WriteItem first, Exception exception)
    {
        // Closing rolls back whatever is left of the transaction, in whatever state the failure left the session.
        CatalogLog.CommitFailed(_logger, Math.Max(1, _batch.Count), exception);
        _session?.Dispose();
        _session = null;
        _usage.Reset();
        var error = exception is DbException failure && SqliteDialect.IsFull(failure)
            ? new S3Error(S3ErrorCode.ServiceUnavailable, "Insufficient storage.")
            : new S3Error(S3ErrorCode.ServiceUnavailable);
        if (_batch.Count == 0)
        {
            _batch.Add(first);
        }

        foreach (var item in _batch)
        {
            item.Refuse(error);
        }
    }

    private void TruncateWal()
    {
        try
        {
            _session ??= Reopen();
            _walToTruncate = !SqliteDialect.TruncateWal(_session);
        }
        catch (DbException e)
        {
            CatalogLog.CheckpointFailed(_logger, e);
            _session?.Dispose();
            _session = null;
        }
    }
}
