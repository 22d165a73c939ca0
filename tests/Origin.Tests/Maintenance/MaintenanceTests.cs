using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Maintenance;
using EdgeCache.Origin.Tests.Blobs;
using EdgeCache.Origin.Tests.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Maintenance;

public sealed class MaintenanceTests
{
    private static readonly MaintenanceOptions s_options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replaced_bytes_are_deleted_after_their_grace()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time);
        var bucket = await test.CreateBucketAsync();
        using var collector = new GarbageCollector(test.Catalog, blobs.Store, s_options, test.Time, NullLogger<GarbageCollector>.Instance);
        var old = await PutAsync(test, blobs, bucket, "key");
        var current = await PutAsync(test, blobs, bucket, "key");

        test.Time.Advance(s_options.GarbageGrace);
        await collector.RunOnceAsync(Token);
        Assert.Equal(2, blobs.CountFiles());

        test.Time.Advance(TimeSpan.FromSeconds(1));
        blobs.Files.Fails = "Delete";
        await collector.RunOnceAsync(Token);
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM blobs WHERE released_at IS NOT NULL"));

        blobs.Files.Fails = null;
        await collector.RunOnceAsync(Token);
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM blobs WHERE released_at IS NOT NULL"));
        Assert.False(blobs.Store.OpenRead(old).Succeeded);
        Assert.Equal(3000, (await blobs.ReadAsync(current)).Length);
    }

    [Fact]
    public async Task What_a_reader_may_still_open_is_not_deleted_before_it_is_done()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time);
        var bucket = await test.CreateBucketAsync();
        using var collector = new GarbageCollector(test.Catalog, blobs.Store, s_options, test.Time, NullLogger<GarbageCollector>.Instance);
        var old = await PutAsync(test, blobs, bucket, "key");
        var early = blobs.Store.Holds.Enter();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await PutAsync(test, blobs, bucket, "key");
        test.Time.Advance(TimeSpan.FromSeconds(1));
        using var late = blobs.Store.Holds.Enter();

        test.Time.Advance(TimeSpan.FromHours(5));
        await collector.RunOnceAsync(Token);
        Assert.True(Exists(blobs, old));

        early.Dispose();
        await collector.RunOnceAsync(Token);
        Assert.True(Exists(blobs, old)); // the late reader's own grace
        late.Dispose();
        await collector.RunOnceAsync(Token);
        Assert.False(Exists(blobs, old));
    }

    [Fact]
    public async Task A_reader_is_not_waited_for_endlessly()
    {
        await using var blobs = new TestBlobs();
        using var hold = blobs.Store.Holds.Enter();
        blobs.Time.Advance(ReadHolds.MaxHold + TimeSpan.FromSeconds(1));
        Assert.Equal(blobs.Time.GetUtcNow(), blobs.Store.Holds.Oldest());
    }

    [Fact]
    public async Task Orphans_are_deleted_after_two_looks_and_what_is_owned_never()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time);
        var bucket = await test.CreateBucketAsync();
        using var collector = Collector(test, blobs);
        var owned = await PutAsync(test, blobs, bucket, "key");
        var garbage = await PutAsync(test, blobs, bucket, "replaced");
        await PutAsync(test, blobs, bucket, "replaced");
        var orphan = Assert.Single(await blobs.WriteAsync(TestBlobs.Bytes(10)));

        await collector.RunOnceAsync(Token);
        test.Time.Advance(s_options.OrphanGrace - TimeSpan.FromSeconds(1));
        await collector.RunOnceAsync(Token);
        Assert.True(Exists(blobs, orphan));

        test.Time.Advance(TimeSpan.FromSeconds(1));
        await collector.RunOnceAsync(Token);
        Assert.False(Exists(blobs, orphan));
        Assert.True(Exists(blobs, owned));
        Assert.True(Exists(blobs, garbage));
    }

    [Fact]
    public async Task A_blob_that_is_about_to_be_committed_is_left_alone()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time);
        var bucket = await test.CreateBucketAsync();
        using var collector = Collector(test, blobs);

        // The file is old when it is first seen: that alone must not make it an orphan.
        var segments = await blobs.WriteAsync(TestBlobs.Bytes(10));
        test.Time.Advance(TimeSpan.FromDays(30));
        await collector.RunOnceAsync(Token);
        Assert.True(Exists(blobs, segments[0]));

        // It gets its owner before the grace is over.
        TestCatalog.Value(await test.Catalog.Versions.PutAsync(
            test.NewVersion(bucket, "key") with { Segments = segments }, WriteCondition.None, Token));
        test.Time.Advance(TimeSpan.FromDays(30));
        await collector.RunOnceAsync(Token);
        await collector.RunOnceAsync(Token);
        Assert.True(Exists(blobs, segments[0]));
    }

    [Fact]
    public async Task Parts_of_uploads_in_progress_are_no_orphans()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time);
        var bucket = await test.CreateBucketAsync();
        using var collector = Collector(test, blobs);
        var upload = await UploadTests.CreateAsync(test, bucket, "key");
        var segments = await blobs.WriteAsync(TestBlobs.Bytes(10));
        TestCatalog.Value(await test.Catalog.Uploads.PutPartAsync(
            new NewPart { BucketId = bucket.Id, Key = "key", UploadId = upload.UploadId, PartNumber = 1, Segments = segments, ETag = "etag" }, Token));
        await collector.RunOnceAsync(Token);
        test.Time.Advance(s_options.OrphanGrace * 2);
        await collector.RunOnceAsync(Token);
        Assert.True(Exists(blobs, segments[0]));
    }

    [Fact]
    public async Task The_worker_runs_again_at_its_interval()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time);
        var bucket = await test.CreateBucketAsync();
        var old = await PutAsync(test, blobs, bucket, "key");
        await PutAsync(test, blobs, bucket, "key");
        var deleted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        blobs.Files.Deleted = deleted.SetResult;
        using var collector = new GarbageCollector(test.Catalog, blobs.Store, s_options, test.Time, NullLogger<GarbageCollector>.Instance);
        await collector.StartAsync(Token);
        await test.Time.WhenArmedAsync(1, Token);
        test.Time.Advance(s_options.GarbageGrace + s_options.GarbageInterval);
        await deleted.Task.WaitAsync(Token);
        await collector.StopAsync(Token);
        Assert.False(Exists(blobs, old));
    }

    private static OrphanCollector Collector(TestCatalog test, TestBlobs blobs) =>
        new(test.Catalog, blobs.Store, s_options, test.Time, NullLogger<OrphanCollector>.Instance);

    private static bool Exists(TestBlobs blobs, BlobSegment segment)
    {
        var opened = blobs.Store.OpenRead(segment);
        opened.Value?.Dispose();
        return opened.Succeeded;
    }

    private static async Task<BlobSegment> PutAsync(TestCatalog test, TestBlobs blobs, BucketRow bucket, string key)
    {
        var segments = await blobs.WriteAsync(TestBlobs.Bytes(3000));
        TestCatalog.Value(await test.Catalog.Versions.PutAsync(
            test.NewVersion(bucket, key) with { Segments = segments }, WriteCondition.None, Token));
        return Assert.Single(segments);
    }
}
