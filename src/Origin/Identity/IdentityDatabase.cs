using Dapper;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>
/// The control plane's database: one SQLite file (WAL, synchronous=FULL). Writes are serialised; each appends its change records in the same
/// transaction, and subscribers hear of them after the commit and before the write returns.
/// </summary>
internal sealed class IdentityDatabase : IChangeSource, IDisposable
{
    /// <summary>How many change records are kept at least; an older subscriber starts anew.</summary>
    public const int KeptChanges = 100_000;

    private readonly string _connectionString;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly ChangeSignal _signal;

    private IdentityDatabase(string connectionString, TimeProvider time, string epoch, long position)
    {
        (_connectionString, _time, Epoch) = (connectionString, time, epoch);
        _signal = new ChangeSignal(position);
    }

    /// <summary>Runs after each commit, before the write returns.</summary>
    public event Action<IReadOnlyList<ChangeRecord>>? Committed;

    public string Epoch { get; }

    public static IdentityDatabase Open(string path, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            // It holds secrets: nobody but the owner may read it, from its first byte on.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var created = new FileStream(path, options);
        }

        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 5 }.ToString();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        IdentityMigrator.Migrate(connection);
        return new IdentityDatabase(
            connectionString,
            time,
            connection.QuerySingle<string>("SELECT value FROM meta WHERE name = 'epoch'"),
            PositionOf(connection));
    }

    /// <summary>Runs <paramref name="query"/> on one snapshot, passing it the feed's position in that snapshot.</summary>
    public T Read<T>(Func<SqliteConnection, long, T> query)
    {
        using var connection = OpenConnection();
        using var transaction = connection.BeginTransaction(deferred: true);
        return query(connection, PositionOf(connection));
    }

    /// <summary>Runs <paramref name="change"/> in a transaction; what it adds to the log is published once committed.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, ChangeLog, T> change, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            using var connection = OpenConnection();
            using var transaction = connection.BeginTransaction(deferred: false);
            var log = new ChangeLog(connection, _time.GetUtcNow());
            var result = change(connection, log);
            transaction.Commit();
            if (log.Records.Count > 0)
            {
                Committed?.Invoke(log.Records);
                _signal.Advance(log.Records[^1].Sequence);
            }

            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    public ValueTask<ChangeBatch> ReadAsync(long after, int max, CancellationToken cancellationToken) => ValueTask.FromResult(Read((connection, position) =>
    {
        var oldest = connection.QuerySingle<long?>("SELECT MIN(sequence) FROM changes") ?? 1;
        if (after > position || after < oldest - 1)
        {
            return new ChangeBatch(position, HistoryGone: true, []);
        }

        var records = connection.Query<ChangeRow>(
            "SELECT sequence, kind, bucket, key, at FROM changes WHERE sequence > @after ORDER BY sequence LIMIT @max", new { after, max });
        return new ChangeBatch(position, HistoryGone: false, [.. records.Select(static r => r.ToRecord())]);
    }));

    public Task WaitBeyondAsync(long position, CancellationToken cancellationToken) => _signal.WaitBeyondAsync(position, cancellationToken);

    public void Dispose()
    {
        _writer.Dispose();
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static long PositionOf(SqliteConnection connection) =>
        connection.QuerySingleOrDefault<long>("SELECT seq FROM sqlite_sequence WHERE name = 'changes'");

    private SqliteConnection OpenConnection()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.Execute("PRAGMA synchronous=FULL;");
        return connection;
    }

    private sealed record ChangeRow(long Sequence, long Kind, string Bucket, string Key, long At)
    {
        public ChangeRecord ToRecord() => new(Sequence, (ChangeKind)Kind, Bucket, Key, DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
