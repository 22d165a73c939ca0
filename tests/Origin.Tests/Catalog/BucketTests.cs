using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class BucketTests
{
    [Fact]
    public async Task A_bucket_is_created_once()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        Assert.Equal(
            new BucketFacts("bucket", "ORD1", TestCatalog.Owner, CannedAcl.Private, BucketVersioning.Unversioned, test.Time.GetUtcNow(), 1), bucket.Facts);
        Assert.Equal(bucket, await test.Catalog.Buckets.FindAsync("bucket", TestCatalog.Token));
        Assert.Equal(S3ErrorCode.BucketAlreadyOwnedByYou, (await CreateAsync(TestCatalog.Owner)).Error?.Code);
        Assert.Equal(S3ErrorCode.BucketAlreadyExists, (await CreateAsync("other")).Error?.Code);

        Task<Outcome<CommittedBucket>> CreateAsync(string owner) =>
            test.Catalog.Buckets.CreateAsync(new NewBucket("bucket", owner, CannedAcl.Private), TestCatalog.Token);
    }

    [Fact]
    public async Task Settings_are_changed_and_told()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var changed = TestCatalog.Value(await test.Catalog.Buckets.SetAclAsync(bucket.Id, CannedAcl.PublicRead, null, TestCatalog.Token));
        Assert.Equal((CannedAcl.PublicRead, 2, 2), (changed.Bucket.Facts.Acl, changed.Sequence, changed.Bucket.Facts.AsOfSequence));
        Assert.Equal(
            S3ErrorCode.InvalidArgument,
            (await test.Catalog.Buckets.SetVersioningAsync(bucket.Id, BucketVersioning.Unversioned, TestCatalog.Token)).Error?.Code);
        Assert.Equal(
            S3ErrorCode.NoSuchBucket, (await test.Catalog.Buckets.SetVersioningAsync(99, BucketVersioning.Enabled, TestCatalog.Token)).Error?.Code);
    }

    [Fact]
    public async Task A_bucket_with_a_version_or_a_delete_marker_is_not_deleted()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        var marker = await test.DeleteAsync(bucket, "key");
        Assert.Equal(S3ErrorCode.BucketNotEmpty, (await test.Catalog.Buckets.DeleteAsync(bucket.Id, TestCatalog.Token)).Error?.Code);
        await test.DeleteAsync(bucket, "key", marker.VersionId);
        TestCatalog.Value(await test.Catalog.Buckets.DeleteAsync(bucket.Id, TestCatalog.Token));
        Assert.Null(await test.Catalog.Buckets.FindAsync("bucket", TestCatalog.Token));
        Assert.NotEqual(bucket.Id, (await test.CreateBucketAsync()).Id);
    }

    [Fact]
    public async Task Buckets_are_listed_by_owner_prefix_and_page()
    {
        await using var test = await TestCatalog.OpenAsync();
        foreach (var name in new[] { "b-2", "a-1", "b-1", "c-1", "b-3" })
        {
            await test.CreateBucketAsync(name);
        }

        TestCatalog.Value(await test.Catalog.Buckets.CreateAsync(new NewBucket("b-4", "other", CannedAcl.Private), TestCatalog.Token));
        await AssertListedAsync(new BucketListQuery(TestCatalog.Owner), false, ["a-1", "b-1", "b-2", "b-3", "c-1"]);
        await AssertListedAsync(new BucketListQuery(TestCatalog.Owner, "b-", Max: 2), true, ["b-1", "b-2"]);
        await AssertListedAsync(new BucketListQuery(null, "b-", "b-2", 2), false, ["b-3", "b-4"]);

        async Task AssertListedAsync(BucketListQuery query, bool isTruncated, string[] names)
        {
            var page = await test.Catalog.Buckets.ListAsync(query, TestCatalog.Token);
            Assert.Equal(names, page.Buckets.Select(static b => b.Facts.Name));
            Assert.Equal(isTruncated, page.IsTruncated);
        }
    }
}
