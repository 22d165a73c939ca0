using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class VersioningTests
{
    private static readonly string[] s_keys = ["a", "b", "ü/\U0001F600", "\uFFFD"];

    [Theory]
    [InlineData(1)]
    [InlineData(20260101)]
    [InlineData(77)]
    public async Task Random_operations_agree_with_the_model(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var (random, model) = (new Random(seed), new VersioningModel());
        for (var step = 0; step < 400; step++)
        {
            var key = s_keys[random.Next(s_keys.Length)];
            await StepAsync(test, bucket, model, random, key, step);
            await AssertKeyAsync(test, bucket, model, key);
        }

        await AssertListingsAsync(test, bucket, model);
        var live = model.Keys.Values.Sum(static versions => versions.Count(static v => !v.IsDeleteMarker));
        Assert.Equal(live, await test.CountAsync("SELECT COUNT(*) FROM blobs WHERE version_row IS NOT NULL"));
        Assert.Equal(model.Keys.Count, await test.CountAsync("SELECT COUNT(*) FROM versions WHERE is_latest = 1"));
    }

    [Fact]
    public async Task Version_ids_are_reported_only_once_versioning_was_enabled()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        Assert.Equal("", (await test.PutAsync(bucket, "key")).Facts.VersionId);
        Assert.Equal("", (await test.FindAsync(bucket, "key"))!.Facts.VersionId);
        Assert.Equal("", (await test.FindAsync(bucket, "key", "null"))!.Facts.VersionId);

        await test.Catalog.Buckets.SetVersioningAsync(bucket.Id, BucketVersioning.Enabled, TestCatalog.Token);
        Assert.Equal("null", (await test.FindAsync(bucket, "key"))!.Facts.VersionId);

        var put = await test.PutAsync(bucket, "key");
        Assert.Equal(put.Facts.Generation.ToString(), put.Facts.VersionId);
        Assert.Equal("null", (await test.FindAsync(bucket, "key", "null"))!.Facts.VersionId);
    }

    [Fact]
    public async Task Facts_and_tags_round_trip()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var version = test.NewVersion(bucket, "key") with
        {
            Segments = [.. TestCatalog.OneBlob(7), .. TestCatalog.OneBlob(5)],
            Headers = StringMap.Empty.Add("Content-Type", "text/plain").Add("Cache-Control", "no-cache"),
            UserMetadata = StringMap.Empty.Add("colour", "grün \"quoted\""),
            Tags = StringMap.EmptyTags.Add("a", "1").Add("A", "2"),
            Checksum = new ObjectChecksum(Shared.Checksums.ChecksumAlgorithm.Crc64Nvme, Shared.Checksums.ChecksumType.FullObject, "AAA="),
            PartSizes = [5, 5, 2],
            StorageClass = "GLACIER",
            Acl = Shared.Iam.CannedAcl.PublicRead,
        };
        var put = TestCatalog.Value(await test.Catalog.Versions.PutAsync(version, WriteCondition.None, TestCatalog.Token));

        await test.ReopenAsync();
        var found = (await test.FindAsync(bucket, "key"))!;
        Assert.Equal([.. version.Segments], found.Segments);
        Assert.Equal(12, found.Facts.Size);
        Assert.Equal([5, 5, 2], found.Facts.PartSizes);
        Assert.Equal(put.Facts.Headers, found.Facts.Headers);
        Assert.Equal("text/plain", found.Facts.Headers["content-type"]);
        Assert.Equal(put.Facts.UserMetadata, found.Facts.UserMetadata);
        Assert.Equal(put.Facts.Checksum, found.Facts.Checksum);
        Assert.Equal((put.Facts.Generation, put.Facts.ETag, put.Facts.LastModified), (found.Facts.Generation, found.Facts.ETag, found.Facts.LastModified));
        Assert.Equal((2, "GLACIER", version.Acl, TestCatalog.Owner),
            (found.Facts.TagCount, found.Facts.StorageClass, found.Facts.Acl, found.Facts.OwnerOrganizationId));
        Assert.Equal(put.Sequence, found.Facts.AsOfSequence);
        Assert.Equal(version.Tags, (await test.Catalog.Versions.FindAsync(bucket.Id, "key", null, withSegments: false, TestCatalog.Token)).Version!.Facts.Tags);
    }

    [Fact]
    public async Task A_look_up_tells_its_feed_position_also_when_nothing_is_found()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var put = await test.PutAsync(bucket, "key");
        var none = await test.Catalog.Versions.FindAsync(bucket.Id, "other", null, true, TestCatalog.Token);
        var nowhere = await test.Catalog.Versions.FindAsync(999, "key", null, false, TestCatalog.Token);
        Assert.Equal((null, put.Sequence), (none.Version, none.AsOfSequence));
        Assert.Equal((null, put.Sequence), (nowhere.Version, nowhere.AsOfSequence));
    }

    [Fact]
    public async Task A_put_into_a_deleted_bucket_is_refused()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        TestCatalog.Value(await test.Catalog.Buckets.DeleteAsync(bucket.Id, TestCatalog.Token));
        Assert.Equal(S3ErrorCode.NoSuchBucket, (await test.TryPutAsync(bucket, "key")).Error?.Code);
    }

    private static async Task StepAsync(TestCatalog test, BucketRow bucket, VersioningModel model, Random random, string key, int step)
    {
        switch (random.Next(20))
        {
            case < 9:
                var put = await test.PutAsync(bucket, key, $"etag{step}");
                model.Put(key, put.Facts.VersionId.Length == 0 ? VersioningModel.Null : put.Facts.VersionId, $"etag{step}");
                break;
            case < 13:
                var deleted = await test.DeleteAsync(bucket, key);
                model.Delete(key, deleted.VersionId);
                break;
            case < 18:
                var ids = model.Keys.TryGetValue(key, out var versions) ? versions.ConvertAll(static v => v.VersionId) : [];
                ids.Add(VersioningModel.Null);
                ids.Add(Generation.New(TimeProvider.System).ToString());
                var id = ids[random.Next(ids.Count)];
                var expected = model.Keys.GetValueOrDefault(key)?.Find(v => v.VersionId == id);
                var removed = await test.DeleteAsync(bucket, key, id);
                Assert.Equal((expected is not null, expected?.IsDeleteMarker ?? false), (removed.Changed, removed.IsDeleteMarker));
                model.DeleteVersion(key, id);
                break;
            default:
                model.Versioning = random.Next(2) == 0 ? BucketVersioning.Enabled : BucketVersioning.Suspended;
                TestCatalog.Value(await test.Catalog.Buckets.SetVersioningAsync(bucket.Id, model.Versioning, TestCatalog.Token));
                break;
        }
    }

    private static async Task AssertKeyAsync(TestCatalog test, BucketRow bucket, VersioningModel model, string key)
    {
        var versions = model.Keys.GetValueOrDefault(key) ?? [];
        var current = await test.FindAsync(bucket, key);
        Assert.Equal(versions.FirstOrDefault(), current is null ? null : ToModel(current.Facts));
        foreach (var version in versions)
        {
            Assert.Equal(version, ToModel((await test.FindAsync(bucket, key, version.VersionId))!.Facts));
        }
    }

    private static ModelVersion ToModel(VersionFacts facts) =>
        new(facts.VersionId.Length == 0 ? VersioningModel.Null : facts.VersionId, facts.IsDeleteMarker, facts.ETag);

    private static async Task AssertListingsAsync(TestCatalog test, BucketRow bucket, VersioningModel model)
    {
        var keys = model.Keys.OrderBy(static k => k.Key, Utf8Order.Instance).ToList();
        var all = await test.Catalog.Versions.ListVersionsAsync(new VersionListQuery { BucketId = bucket.Id }, TestCatalog.Token);
        Assert.Equal(
            keys.SelectMany(static k => k.Value.Select((v, i) => (k.Key, v.VersionId, v.IsDeleteMarker, IsLatest: i == 0))),
            all.Versions.Select(static v => (v.Key, v.VersionId, v.IsDeleteMarker, v.IsLatest)));
        var current = await test.Catalog.Versions.ListAsync(new ObjectListQuery { BucketId = bucket.Id }, TestCatalog.Token);
        Assert.Equal(
            keys.Where(static k => !k.Value[0].IsDeleteMarker).Select(static k => (k.Key, k.Value[0].ETag)),
            current.Objects.Select(static o => (o.Key, o.ETag)));
    }
}
