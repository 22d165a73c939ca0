using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>All that is particular to SQLite; statements elsewhere keep to what PostgreSQL understands too.</summary>
internal static class SqliteDialect
{
    /// <summary>
    /// Pages of WAL after which a commit also checkpoints: 64 MiB. Keys come in any order, so a burst of small objects dirties the same index pages
    /// again and again, and the checkpoint writes each of them once.
    /// </summary>
    private const int WalAutoCheckpointPages = 16384;

    private const int WriterCacheKiB = 64 << 10;
    private const int ReaderCacheKiB = 16 << 10;
    private const int BusyTimeoutSeconds = 5;

    /// <summary>Replaces the tokens of a schema statement: <c>{identity}</c> a generated primary key, <c>{sequence}</c> an integer primary
    /// key, <c>{key}</c> text that compares bytewise, <c>{bytes}</c> binary.</summary>
    public static string Schema(string statement) => statement
        .Replace("{identity}", "INTEGER PRIMARY KEY AUTOINCREMENT", StringComparison.Ordinal)
        .Replace("{sequence}", "INTEGER PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{key}", "TEXT COLLATE BINARY", StringComparison.Ordinal)
        .Replace("{bytes}", "BLOB", StringComparison.Ordinal);

    /// <summary>Opens the one session that writes, creating the file when it is missing.</summary>
    public static SqlSession OpenWriter(string path)
    {
        var session = Open(path, SqliteOpenMode.ReadWriteCreate);
        session.Execute("PRAGMA auto_vacuum = INCREMENTAL"); // Only holds for a database that this makes.
        session.Text("PRAGMA journal_mode = WAL");
        session.Execute("PRAGMA synchronous = FULL");
        session.Execute($"PRAGMA wal_autocheckpoint = {WalAutoCheckpointPages}");
        session.Execute($"PRAGMA cache_size = -{WriterCacheKiB}");
        session.Execute("PRAGMA temp_store = MEMORY");
        return session;
    }

    /// <summary>Opens a session that only reads an existing file.</summary>
    public static SqlSession OpenReader(string path)
    {
        var session = Open(path, SqliteOpenMode.ReadOnly);
        session.Execute($"PRAGMA cache_size = -{ReaderCacheKiB}");
        return session;
    }

    /// <summary>Moves the WAL into the database and empties it; false when readers are in the way.</summary>
    public static bool TruncateWal(SqlSession writer) => writer.Integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <summary>
    /// Cuts 512 free pages (2 MiB) off the end of the file, within a transaction, when more than one in <paramref name="kept"/> are free beside them.
    /// Returns how many went: 0 when there is nothing to do, or the database was not made for it.
    /// </summary>
    public static int Shrink(SqlSession writer, int kept)
    {
        var free = writer.Integer("PRAGMA freelist_count") ?? 0;
        if (free - ShrinkPages < (writer.Integer("PRAGMA page_count") ?? 0) / kept)
        {
            return 0;
        }

        // It takes a step for each page.
        writer.Each("PRAGMA incremental_vacuum(512)", static _ => true);
        return (int)(free - (writer.Integer("PRAGMA freelist_count") ?? 0));
    }

    /// <summary>Whether an error is of the disk or the system around (full, failing, locked), rather than of a statement or its data.</summary>
    public static bool IsStorageFailure(DbException exception) =>
        exception is SqliteException { SqliteErrorCode: not (Error or TooBig or Constraint or Mismatch or Misuse or Range) };

    /// <summary>Whether an error means that there is no space.</summary>
    public static bool IsFull(DbException exception) => exception is SqliteException { SqliteErrorCode: Full };

    private const int ShrinkPages = 512;
    private const int Error = 1, Full = 13, TooBig = 18, Constraint = 19, Mismatch = 20, Misuse = 21, Range = 25;

    private static SqlSession Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = BusyTimeoutSeconds,
        }.ToString());
        try
        {
            connection.Open();
            return new SqlSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
