using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Catalog;

/// <summary>The buckets of the region.</summary>
internal sealed class BucketStore(CatalogWriter writer, ReaderPool readers, string region)
{
    private const string Columns =
        "bucket_id, name, owner_id, acl, versioning, created_at, (SELECT COALESCE(MAX(sequence), 0) FROM changes)";

    /// <summary>The bucket of that name; null when the region has none.</summary>
    public Task<BucketRow?> FindAsync(string name, CancellationToken cancellationToken) =>
        readers.ReadAsync(sql => FindByName(sql, name), cancellationToken);

    /// <summary>Creates a bucket. BucketAlreadyOwnedByYou or BucketAlreadyExists when the region has one of that name.</summary>
    public Task<Outcome<CommittedBucket>> CreateAsync(NewBucket bucket, CancellationToken cancellationToken) =>
        writer.RunAsync<CommittedBucket>(m =>
        {
            if (FindByName(m.Sql, bucket.Name) is { } existing)
            {
                return existing.Facts.OwnerOrganizationId == bucket.OwnerOrganizationId
                    ? S3ErrorCode.BucketAlreadyOwnedByYou
                    : S3ErrorCode.BucketAlreadyExists;
            }

            var sequence = m.Append(ChangeKind.BucketChanged, bucket.Name, "");
            m.Sql.Execute(
                """
                INSERT INTO buckets (name, owner_id, acl, versioning, created_at) VALUES (@name, @owner, @acl, @versioning, @at)
                """,
                ("name", bucket.Name), ("owner", bucket.OwnerOrganizationId), ("acl", (int)bucket.Acl),
                ("versioning", (int)BucketVersioning.Unversioned), ("at", m.NowMilliseconds));
            var created = FindByName(m.Sql, bucket.Name)!;
            UsageRows.Insert(m.Sql, created.Id);
            return new CommittedBucket(created, sequence);
        }, cancellationToken);

    /// <summary>Deletes a bucket and the uploads in progress in it. BucketNotEmpty while it has versions or delete markers.</summary>
    public Task<Outcome<CommittedBucket>> DeleteAsync(long bucketId, CancellationToken cancellationToken) =>
        writer.RunAsync<CommittedBucket>(m =>
        {
            if (FindById(m.Sql, bucketId) is not { } bucket)
            {
                return S3ErrorCode.NoSuchBucket;
            }

            if (m.Sql.Integer("SELECT 1 FROM versions WHERE bucket_id = @bucket LIMIT 1", ("bucket", bucketId)) is not null)
            {
                return S3ErrorCode.BucketNotEmpty;
            }

            UploadWrites.DropAll(m, bucketId);
            m.Sql.Execute("DELETE FROM bucket_tags WHERE bucket_id = @bucket", ("bucket", bucketId));
            UsageRows.Delete(m.Sql, bucketId);
            m.Sql.Execute("DELETE FROM buckets WHERE bucket_id = @bucket", ("bucket", bucketId));
            return new CommittedBucket(bucket, m.Append(ChangeKind.BucketDeleted, bucket.Facts.Name, ""));
        }, cancellationToken);

    /// <summary>Enables or suspends versioning; <see cref="BucketVersioning.Unversioned"/> can't be returned to and is InvalidArgument.</summary>
    public Task<Outcome<CommittedBucket>> SetVersioningAsync(long bucketId, BucketVersioning versioning, CancellationToken cancellationToken) =>
        versioning == BucketVersioning.Unversioned
            ? Task.FromResult<Outcome<CommittedBucket>>(S3ErrorCode.InvalidArgument)
            : ChangeAsync(
                bucketId,
                m => m.Sql.Execute(
                    "UPDATE buckets SET versioning = @versioning WHERE bucket_id = @bucket", ("versioning", (int)versioning), ("bucket", bucketId)),
                cancellationToken);

    /// <summary>Replaces the canned ACL.</summary>
    public Task<Outcome<CommittedBucket>> SetAclAsync(long bucketId, CannedAcl acl, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute("UPDATE buckets SET acl = @acl, grants = NULL WHERE bucket_id = @bucket", ("acl", (int)acl), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Lists buckets in byte order of their names.</summary>
    public Task<BucketPage> ListAsync(BucketListQuery query, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql =>
            {
                (string, object?)[] bounds = [("after", query.After), ("from", query.Prefix), ("end", KeyOrder.EndOfPrefix(query.Prefix))];
                var rows = query.OwnerOrganizationId is { } owner
                    ? sql.All(
                        $"SELECT {Columns} FROM buckets WHERE owner_id = @owner AND name > @after AND name >= @from AND name < @end ORDER BY name LIMIT @max",
                        Read, ("owner", owner), bounds[0], bounds[1], bounds[2], ("max", query.Max + 1))
                    : sql.All(
                        $"SELECT {Columns} FROM buckets WHERE name > @after AND name >= @from AND name < @end ORDER BY name LIMIT @max",
                        Read, bounds[0], bounds[1], bounds[2], ("max", query.Max + 1));
                var truncated = rows.Count > query.Max;
                return new BucketPage(truncated ? rows[..query.Max] : rows, truncated && query.Max > 0);
            },
            cancellationToken);

    private Task<Outcome<CommittedBucket>> ChangeAsync(long bucketId, Func<Mutation, int> change, CancellationToken cancellationToken) =>
        writer.RunAsync<CommittedBucket>(m =>
        {
            if (change(m) == 0)
            {
                return S3ErrorCode.NoSuchBucket;
            }

            var name = m.Sql.Text("SELECT name FROM buckets WHERE bucket_id = @bucket", ("bucket", bucketId))!;
            var sequence = m.Append(ChangeKind.BucketChanged, name, "");
            return new CommittedBucket(FindById(m.Sql, bucketId)!, sequence);
        }, cancellationToken);

    private BucketRow? FindByName(SqlSession sql, string name) =>
        sql.First($"SELECT {Columns} FROM buckets WHERE name = @name", Read, ("name", name));

    private BucketRow? FindById(SqlSession sql, long bucketId) =>
        sql.First($"SELECT {Columns} FROM buckets WHERE bucket_id = @bucket", Read, ("bucket", bucketId));

    private BucketRow Read(DbDataReader r) => new(r.GetInt64(0), new BucketFacts(
        r.GetString(1), region, r.GetString(2), (CannedAcl)r.GetInt32(3), (BucketVersioning)r.GetInt32(4),
        DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(5)), r.GetInt64(6)));
}
