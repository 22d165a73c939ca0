using System.Data.Common;
using System.Diagnostics;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>
/// One connection with its prepared statements, used by one thread at a time. Statements are kept by their text, so each text must always
/// come with the same parameters in the same order, and must not be run again while its own rows are being read.
/// </summary>
internal sealed class SqlSession(DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Runs a statement; returns the number of rows that it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<SqlValue> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>The first column of the first row as an integer; null when there is no row or it is NULL.</summary>
    public long? Integer(string sql, params ReadOnlySpan<SqlValue> values) =>
        Bind(sql, values).ExecuteScalar() is { } value and not DBNull ? (long)value : null;

    /// <summary>The first column of the first row as text; null when there is no row or it is NULL.</summary>
    public string? Text(string sql, params ReadOnlySpan<SqlValue> values) => Bind(sql, values).ExecuteScalar() as string;

    /// <summary>The first row; default when there is none.</summary>
    public T? First<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<SqlValue> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>All rows.</summary>
    public List<T> All<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<SqlValue> values)
    {
        var rows = new List<T>();
        using var reader = Bind(sql, values).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Visits rows until <paramref name="visit"/> returns false.</summary>
    public void Each(string sql, Func<DbDataReader, bool> visit, params ReadOnlySpan<SqlValue> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        while (reader.Read() && visit(reader))
        {
        }
    }

    /// <summary>Runs <paramref name="read"/> so that all that it reads is of one snapshot.</summary>
    public T Snapshot<T>(Func<SqlSession, T> read)
    {
        Execute("BEGIN");
        try
        {
            return read(this);
        }
        finally
        {
            Execute("COMMIT");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private DbCommand Bind(string sql, ReadOnlySpan<SqlValue> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Create(sql, values);
            _commands.Add(sql, command);
        }

        Debug.Assert(command.Parameters.Count == values.Length, "A statement's text always comes with the same parameters.");
        for (var i = 0; i < values.Length; i++)
        {
            Debug.Assert(command.Parameters[i].ParameterName == "@" + values[i].Name, "A statement's parameters always come in the same order.");
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        }

        return command;
    }

    private DbCommand Create(string sql, ReadOnlySpan<SqlValue> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // All statements are constants of this assembly; what varies is bound.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var value in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + value.Name;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
