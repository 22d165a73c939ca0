using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class UsageTests
{
    private const int Steps = 400;

    private static readonly string[] s_keys = ["a", "b", "c/d", "ü"];

    [Theory]
    [InlineData(1)]
    [InlineData(20261122)]
    [InlineData(4711)]
    public async Task The_counters_equal_a_recount_after_random_operations(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var test = await TestCatalog.OpenAsync();
        var buckets = new List<BucketRow> { await test.CreateBucketAsync("one"), await test.CreateBucketAsync("two", BucketVersioning.Enabled) };
        var (random, uploads) = (new Random(seed), new List<StoredUpload>());
        for (var step = 0; step < Steps; step++)
        {
            // Several at once, so that mutations share batches, refused ones among them.
            var running = Enumerable.Range(0, random.Next(1, 6)).Select(_ => StepAsync(test, buckets, uploads, random)).ToArray();
            uploads.AddRange((await Task.WhenAll(running)).OfType<StoredUpload>());
        }

        await AssertCountedAsync(test);
        Assert.NotEqual(0, (await test.Catalog.Usage.BytesAsync(TestCatalog.Owner, TestCatalog.Token)));
        await test.ReopenAsync();
        await AssertCountedAsync(test);
    }

    [Fact]
    public async Task A_database_without_counters_is_counted_when_it_is_opened()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync("bucket", BucketVersioning.Enabled);
        await test.CreateBucketAsync("empty");
        await test.PutAsync(bucket, "key");
        await test.PutAsync(bucket, "key");
        await test.DeleteAsync(bucket, "key");
        await PutPartAsync(test, await BeginAsync(test, bucket, "key"), 1, 77);
        await test.Catalog.DisposeAsync();
        await using var migrated = await test.OpenFileAsync(AsFirstSchema(test.DatabasePath));
        var usage = await migrated.Usage.ListAsync(TestCatalog.Owner, TestCatalog.Token);
        Assert.Equal([new BucketUsage("bucket", TestCatalog.Owner, 2, 20, 1, 1, 77), new BucketUsage("empty", TestCatalog.Owner, 0, 0, 0, 0, 0)], usage.Buckets);
        Assert.Equal((97, 4), (usage.Bytes, usage.Buckets[0].Objects));
    }

    /// <summary>A database of the first schema, with what it knows of a newer one.</summary>
    private static string AsFirstSchema(string path)
    {
        using var session = SqliteDialect.OpenWriter(path + ".old");
        session.Execute("CREATE TABLE catalog_info (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)");
        foreach (var statement in SchemaVersion1.Statements)
        {
            session.Execute(SqliteDialect.Schema(statement));
        }

        session.Execute($"ATTACH '{path}' AS newer");
        foreach (var table in session.All("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'", static r => r.GetString(0)))
        {
            var columns = string.Join(", ", session.All($"SELECT name FROM pragma_table_info('{table}')", static r => r.GetString(0)));
            session.Execute($"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}");
        }

        session.Execute("UPDATE catalog_info SET value = '1' WHERE name = 'schema_version'");
        return path + ".old";
    }

    [Fact]
    public async Task Concurrent_writers_fill_a_quota_exactly_and_a_deletion_makes_room_at_once()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => PutAsync(test, bucket, $"k{i}", 10, quota: 105)));
        Assert.Equal(10, outcomes.Count(static o => o.Succeeded));
        Assert.All(outcomes.Where(static o => !o.Succeeded), static o => Assert.Equal(S3ErrorCode.QuotaExceeded, o.Error!.Code));
        Assert.Equal(100, await test.Catalog.Usage.BytesAsync(TestCatalog.Owner, TestCatalog.Token));

        var first = Array.FindIndex(outcomes, static o => o.Succeeded);
        await test.DeleteAsync(bucket, $"k{first}");
        Assert.True((await PutAsync(test, bucket, "again", 15, quota: 105)).Succeeded);
        await AssertCountedAsync(test);
    }

    [Fact]
    public async Task What_does_not_grow_passes_a_quota_that_is_used_up()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await PutAsync(test, bucket, "key", 100, quota: null);
        Assert.True((await PutAsync(test, bucket, "key", 100, quota: 50)).Succeeded);
        Assert.True((await PutAsync(test, bucket, "empty", 0, quota: 50)).Succeeded);
        Assert.Equal(S3ErrorCode.QuotaExceeded, (await PutAsync(test, bucket, "key", 101, quota: 50)).Error?.Code);

        // Parts count; an object made of them grows nothing.
        var upload = await BeginAsync(test, bucket, "parts");
        Assert.True((await PutPartAsync(test, upload, 1, 20, quota: 120)).Succeeded);
        Assert.Equal(S3ErrorCode.QuotaExceeded, (await PutPartAsync(test, upload, 2, 1, quota: 120)).Error?.Code);
        Assert.True((await PutPartAsync(test, upload, 1, 19, quota: 120)).Succeeded);
        Assert.True((await CompleteAsync(test, upload, 1)).Succeeded);
        Assert.Equal(119, await test.Catalog.Usage.BytesAsync(TestCatalog.Owner, TestCatalog.Token));
        await AssertCountedAsync(test);
    }

    /// <summary>Does something; all that is random is drawn before the first wait. Returns the upload that it began, if it did.</summary>
    private static async Task<StoredUpload?> StepAsync(TestCatalog test, List<BucketRow> buckets, List<StoredUpload> uploads, Random random)
    {
        var (bucket, key) = (buckets[random.Next(buckets.Count)], s_keys[random.Next(s_keys.Length)]);
        var upload = uploads.Count > 0 ? uploads[random.Next(uploads.Count)] : null;
        switch (random.Next(20))
        {
            case < 7:
                await PutAsync(test, bucket, key, random.Next(0, 500), quota: random.Next(4) == 0 ? 3000 : null);
                break;
            case < 9:
                await test.Catalog.Versions.DeleteAsync(bucket.Id, key, null, WriteCondition.None, TestCatalog.Token);
                break;
            case < 11:
                await DeleteSomeVersionAsync(test, bucket, key, random.Next(3));
                break;
            case 11:
                await test.Catalog.Buckets.SetVersioningAsync(
                    bucket.Id, random.Next(2) == 0 ? BucketVersioning.Enabled : BucketVersioning.Suspended, TestCatalog.Token);
                break;
            case < 14:
                return await BeginAsync(test, bucket, key);
            case < 17 when upload is not null:
                await PutPartAsync(test, upload, random.Next(1, 4), random.Next(1, 900), quota: random.Next(3) == 0 ? 4000 : null);
                break;
            case 17 when upload is not null:
                await CompleteAsync(test, upload, random.Next(1, 4));
                break;
            case 18 when upload is not null:
                await test.Catalog.Uploads.AbortAsync(upload.BucketId, upload.Key, upload.UploadId, TestCatalog.Token);
                break;
            default:
                await DropAndMakeAsync(test, buckets, random.Next(1000));
                break;
        }

        return null;
    }

    private static async Task DeleteSomeVersionAsync(TestCatalog test, BucketRow bucket, string key, int skip)
    {
        var page = await test.Catalog.Versions.ListVersionsAsync(new VersionListQuery { BucketId = bucket.Id }, TestCatalog.Token);
        if (page.Versions.Where(v => v.Key == key).Skip(skip).FirstOrDefault() is { } version)
        {
            await test.Catalog.Versions.DeleteAsync(bucket.Id, key, version.VersionId, WriteCondition.None, TestCatalog.Token);
        }
    }

    /// <summary>Makes a bucket, begins an upload in it and deletes both.</summary>
    private static async Task DropAndMakeAsync(TestCatalog test, List<BucketRow> buckets, int number)
    {
        var made = await test.Catalog.Buckets.CreateAsync(new NewBucket($"dropped-{number}", TestCatalog.Owner, Shared.Iam.CannedAcl.Private), TestCatalog.Token);
        if (made.Succeeded)
        {
            await PutPartAsync(test, await BeginAsync(test, made.Value.Bucket, "key"), 1, 50);
            Assert.True((await test.Catalog.Buckets.DeleteAsync(made.Value.Bucket.Id, TestCatalog.Token)).Succeeded);
        }

        Assert.Equal(S3ErrorCode.BucketAlreadyOwnedByYou, (await test.Catalog.Buckets.CreateAsync(
            new NewBucket(buckets[0].Facts.Name, TestCatalog.Owner, Shared.Iam.CannedAcl.Private), TestCatalog.Token)).Error?.Code);
    }

    private static Task<Outcome<CommittedVersion>> PutAsync(TestCatalog test, BucketRow bucket, string key, long size, long? quota) =>
        test.Catalog.Versions.PutAsync(
            test.NewVersion(bucket, key) with { Segments = TestCatalog.OneBlob(size), QuotaBytes = quota }, WriteCondition.None, TestCatalog.Token);

    private static async Task<StoredUpload> BeginAsync(TestCatalog test, BucketRow bucket, string key) =>
        TestCatalog.Value(await test.Catalog.Uploads.CreateAsync(
            new NewUpload { BucketId = bucket.Id, Key = key, OwnerOrganizationId = TestCatalog.Owner, Initiator = "static/x" }, TestCatalog.Token));

    private static Task<Outcome<StoredPart>> PutPartAsync(TestCatalog test, StoredUpload upload, int number, long size, long? quota = null) =>
        test.Catalog.Uploads.PutPartAsync(
            new NewPart
            {
                BucketId = upload.BucketId,
                Key = upload.Key,
                UploadId = upload.UploadId,
                PartNumber = number,
                Segments = TestCatalog.OneBlob(size),
                ETag = $"etag{number}",
                QuotaBytes = quota,
            },
            TestCatalog.Token);

    private static Task<Outcome<CommittedVersion>> CompleteAsync(TestCatalog test, StoredUpload upload, int number) =>
        test.Catalog.Uploads.CompleteAsync(
            new UploadCompletion(
                upload.BucketId, upload.Key, upload.UploadId, [new NamedPart(number, $"etag{number}", null)], WriteCondition.None,
                static (_, _) => new SealedObject("sealed", null)),
            TestCatalog.Token);

    private static async Task AssertCountedAsync(TestCatalog test) =>
        Assert.Equal(0, await test.CountAsync(
            $"""
            SELECT (SELECT COUNT(*) FROM (SELECT bucket_id, versions, version_bytes, delete_markers, parts, part_bytes FROM bucket_usage EXCEPT {UsageRows.Recount}))
              + (SELECT COUNT(*) FROM ({UsageRows.Recount} EXCEPT SELECT bucket_id, versions, version_bytes, delete_markers, parts, part_bytes FROM bucket_usage))
              + (SELECT COUNT(*) FROM bucket_usage WHERE versions < 0 OR version_bytes < 0 OR delete_markers < 0 OR parts < 0 OR part_bytes < 0)
            """));
}
