using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>What a mutation works with: the writer's session inside the running transaction, and the feed that it appends to.</summary>
internal sealed class Mutation(SqlSession sql, TimeProvider time, long sequence, UsageLedger usage, PastVersions past)
{
    /// <summary>The session.</summary>
    public SqlSession Sql { get; } = sql;

    /// <summary>The newest sequence given out, committed or not.</summary>
    public long Sequence { get; private set; } = sequence;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Where versions go that end.</summary>
    public PastVersions Past => past;

    /// <summary>Now in Unix seconds, as S3 dates versions.</summary>
    public long NowSeconds => Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Now in Unix milliseconds.</summary>
    public long NowMilliseconds => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Appends a change to the feed, in the same transaction; returns its sequence.</summary>
    public long Append(ChangeKind kind, string bucket, string key)
    {
        Sql.Execute(
            "INSERT INTO changes (sequence, kind, bucket, object_key, changed_at) VALUES (@sequence, @kind, @bucket, @key, @at)",
            ("sequence", Sequence + 1), ("kind", (int)kind), ("bucket", bucket), ("key", key), ("at", NowMilliseconds));
        return ++Sequence;
    }

    /// <summary>Counts a change of what a bucket holds, in the same transaction.</summary>
    public void Count(long bucketId, string owner, UsageChange change) => usage.Add(Sql, bucketId, owner, change);

    /// <summary>Whether what was counted passes a quota, in bytes; null for none.</summary>
    public bool Exceeds(string owner, long? quotaBytes) => usage.Exceeds(Sql, owner, quotaBytes);

    /// <summary>Forgets the sequences after one, whose records were rolled back, and what was counted since.</summary>
    public void RollBackTo(long sequence)
    {
        Sequence = sequence;
        usage.Drop();
    }
}
