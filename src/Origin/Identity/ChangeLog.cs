using Dapper;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The change records of one transaction on the identity database.</summary>
internal sealed class ChangeLog(SqliteConnection connection, DateTimeOffset now)
{
    private readonly List<ChangeRecord> _records = [];

    public DateTimeOffset Now => now;

    public IReadOnlyList<ChangeRecord> Records => _records;

    public void Add(ChangeKind kind, string key, string bucket = "")
    {
        var sequence = connection.QuerySingle<long>(
            """
            INSERT INTO changes (kind, bucket, key, at) VALUES (@kind, @bucket, @key, @at) RETURNING sequence;
            """,
            new { kind = (long)kind, bucket, key, at = now.ToUnixTimeMilliseconds() });
        connection.Execute("DELETE FROM changes WHERE sequence <= @oldest", new { oldest = sequence - IdentityDatabase.KeptChanges });
        _records.Add(new ChangeRecord(sequence, kind, bucket, key, now));
    }
}
