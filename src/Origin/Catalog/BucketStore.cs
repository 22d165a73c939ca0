using System.Collections.Immutable;
using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>The buckets of the region.</summary>
internal sealed class BucketStore(CatalogWriter writer, ReaderPool readers, string region, ILogger logger)
{
    private readonly ParsedPolicies _policies = new(logger);
    private readonly ParsedConfigurations _configurations = new(logger);

    private const string Columns =
        """
        bucket_id, name, owner_id, acl, versioning, created_at, (SELECT COALESCE(MAX(sequence), 0) FROM changes), grants, policy, public_access, ownership,
          strong_reads, object_lock, retention_mode, retention_days, retention_years, configurations, encryption
        """;

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
                INSERT INTO buckets (name, owner_id, acl, grants, ownership, versioning, object_lock, created_at)
                VALUES (@name, @owner, @acl, @grants, @ownership, @versioning, @lock, @at)
                """,
                ("name", bucket.Name), ("owner", bucket.OwnerOrganizationId), ("acl", (int)bucket.Acl), ("grants", RowCodec.Grants(bucket.Grants)),
                ("ownership", RowCodec.Number(bucket.Ownership)), 
                ("versioning", (int)(bucket.HasObjectLock ? BucketVersioning.Enabled : BucketVersioning.Unversioned)),
                ("lock", bucket.HasObjectLock ? 1 : 0), ("at", m.NowMilliseconds));
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

    /// <summary>
    /// Enables or suspends versioning; <see cref="BucketVersioning.Unversioned"/> can't be returned to and is InvalidArgument, and a bucket with object
    /// lock keeps its versions: InvalidBucketState.
    /// </summary>
    public Task<Outcome<CommittedBucket>> SetVersioningAsync(long bucketId, BucketVersioning versioning, CancellationToken cancellationToken) =>
        versioning == BucketVersioning.Unversioned
            ? Task.FromResult<Outcome<CommittedBucket>>(S3ErrorCode.InvalidArgument)
            : writer.RunAsync(
                m => versioning == BucketVersioning.Suspended && FindById(m.Sql, bucketId) is { Facts.HasObjectLock: true }
                    ? new S3Error(
                        S3ErrorCode.InvalidBucketState,
                        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
                    : Change(
                        m, bucketId,
                        m => m.Sql.Execute(
                            "UPDATE buckets SET versioning = @versioning WHERE bucket_id = @bucket",
                            ("versioning", (int)versioning), ("bucket", bucketId))),
                cancellationToken);

    /// <summary>Enables object lock, for good, and replaces the retention of new versions. InvalidBucketState for a bucket that does not keep versions.</summary>
    public Task<Outcome<CommittedBucket>> SetObjectLockAsync(long bucketId, DefaultRetention? retention, CancellationToken cancellationToken) =>
        writer.RunAsync(
            m => FindById(m.Sql, bucketId) is { Facts.Versioning: not BucketVersioning.Enabled }
                ? new S3Error(S3ErrorCode.InvalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
                : Change(
                    m, bucketId,
                    m => m.Sql.Execute(
                        """
                        UPDATE buckets SET object_lock = 1, retention_mode = @mode, retention_days = @days, retention_years = @years
                        WHERE bucket_id = @bucket
                        """,
                        ("mode", RowCodec.Number(retention?.Mode)), ("days", (long?)retention?.Days), ("years", (long?)retention?.Years),
                        ("bucket", bucketId))),
            cancellationToken);

    /// <summary>Sets how new objects are encrypted whose request does not say.</summary>
    public Task<Outcome<CommittedBucket>> SetEncryptionAsync(long bucketId, ObjectEncryption encryption, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute(
                "UPDATE buckets SET encryption = @encryption WHERE bucket_id = @bucket", ("encryption", (int)encryption), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Replaces the ACL.</summary>
    /// <param name="bucketId">The bucket.</param>
    /// <param name="acl">The canned ACL, or what it was when <paramref name="grants"/> take its place.</param>
    /// <param name="grants">Exactly what is granted; null when the canned ACL holds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Outcome<CommittedBucket>> SetAclAsync(
        long bucketId, CannedAcl acl, ImmutableArray<AclGrant>? grants, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute(
                "UPDATE buckets SET acl = @acl, grants = @grants WHERE bucket_id = @bucket",
                ("acl", (int)acl), ("grants", RowCodec.Grants(grants)), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Replaces the bucket policy; null removes it.</summary>
    public Task<Outcome<CommittedBucket>> SetPolicyAsync(long bucketId, BucketPolicy? policy, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute("UPDATE buckets SET policy = @policy WHERE bucket_id = @bucket", ("policy", policy?.Json), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Replaces what is ruled out of public access; null removes it.</summary>
    public Task<Outcome<CommittedBucket>> SetPublicAccessBlockAsync(long bucketId, PublicAccessBlock? block, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute(
                "UPDATE buckets SET public_access = @block WHERE bucket_id = @bucket", ("block", RowCodec.PublicAccess(block)), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Replaces the rule of who owns objects; null removes it.</summary>
    public Task<Outcome<CommittedBucket>> SetOwnershipAsync(long bucketId, ObjectOwnership? ownership, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute(
                "UPDATE buckets SET ownership = @ownership WHERE bucket_id = @bucket", ("ownership", RowCodec.Number(ownership)), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Sets whether edges ask on every read which version a key names.</summary>
    public Task<Outcome<CommittedBucket>> SetStrongReadsAsync(long bucketId, bool strong, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => m.Sql.Execute("UPDATE buckets SET strong_reads = @strong WHERE bucket_id = @bucket", ("strong", strong ? 1 : 0), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>Changes what the owner configured.</summary>
    public Task<Outcome<CommittedBucket>> ConfigureAsync(
        long bucketId, Func<BucketConfigurations, BucketConfigurations> change, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m => FindById(m.Sql, bucketId) is not { } bucket ? 0 : m.Sql.Execute(
                "UPDATE buckets SET configurations = @configurations WHERE bucket_id = @bucket",
                ("configurations", ParsedConfigurations.Write(change(bucket.Facts.Configurations))), ("bucket", bucketId)),
            cancellationToken);

    /// <summary>The bucket's tags; empty when it has none.</summary>
    public Task<ImmutableSortedDictionary<string, string>> FindTagsAsync(long bucketId, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => StringMap.EmptyTags.AddRange(sql.All(
                "SELECT name, value FROM bucket_tags WHERE bucket_id = @bucket",
                static r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("bucket", bucketId))),
            cancellationToken);

    /// <summary>Replaces the bucket's tags.</summary>
    public Task<Outcome<CommittedBucket>> SetTagsAsync(
        long bucketId, ImmutableSortedDictionary<string, string> tags, CancellationToken cancellationToken) =>
        ChangeAsync(
            bucketId,
            m =>
            {
                if (m.Sql.Integer("SELECT 1 FROM buckets WHERE bucket_id = @bucket", ("bucket", bucketId)) is null)
                {
                    return 0;
                }

                m.Sql.Execute("DELETE FROM bucket_tags WHERE bucket_id = @bucket", ("bucket", bucketId));
                foreach (var (name, value) in tags)
                {
                    m.Sql.Execute(
                        "INSERT INTO bucket_tags (bucket_id, name, value) VALUES (@bucket, @name, @value)",
                        ("bucket", bucketId), ("name", name), ("value", value));
                }

                return 1;
            },
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
        writer.RunAsync(m => Change(m, bucketId, change), cancellationToken);

    private Outcome<CommittedBucket> Change(Mutation m, long bucketId, Func<Mutation, int> change)
    {
        if (change(m) == 0)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        var name = m.Sql.Text("SELECT name FROM buckets WHERE bucket_id = @bucket", ("bucket", bucketId))!;
        var sequence = m.Append(ChangeKind.BucketChanged, name, "");
        return new CommittedBucket(FindById(m.Sql, bucketId)!, sequence);
    }

    private BucketRow? FindByName(SqlSession sql, string name) =>
        sql.First($"SELECT {Columns} FROM buckets WHERE name = @name", Read, ("name", name));

    private BucketRow? FindById(SqlSession sql, long bucketId) =>
        sql.First($"SELECT {Columns} FROM buckets WHERE bucket_id = @bucket", Read, ("bucket", bucketId));

    private BucketRow Read(DbDataReader r) => new(r.GetInt64(0), new BucketFacts(
        r.GetString(1), region, r.GetString(2), RowCodec.Acl(r, 3), (BucketVersioning)r.GetInt32(4),
        DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(5)), r.GetInt64(6))
    {
        Grants = RowCodec.Grants(r, 7),
        Policy = r.IsDBNull(8) ? null : _policies.Parse(r.GetString(1), r.GetString(8)),
        PublicAccess = RowCodec.PublicAccess(r, 9),
        Ownership = RowCodec.Ownership(r, 10),
        StrongReads = r.GetInt32(11) != 0,
        HasObjectLock = r.GetInt32(12) != 0,
        DefaultRetention = LockCodec.Default(r, 13),
        Configurations = r.IsDBNull(16) ? BucketConfigurations.None : _configurations.Parse(r.GetString(1), r.GetString(16)),
        DefaultEncryption = (ObjectEncryption)r.GetInt32(17),
    });
}
