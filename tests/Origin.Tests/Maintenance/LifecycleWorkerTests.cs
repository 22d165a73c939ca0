using System.Diagnostics.Metrics;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Maintenance.Lifecycle;
using EdgeCache.Origin.Tests.Catalog;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Lifecycle;
using EdgeCache.Shared.S3.Locking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Maintenance;

public sealed class LifecycleWorkerTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Current_objects_end_by_prefix_tag_and_size_and_edges_hear_of_it()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await ConfigureAsync(test, bucket, new LifecycleRule
        {
            Id = "r", IsEnabled = true, Expiration = new LifecycleExpiration(2, null, null),
            Filter = new LifecycleFilter { Prefix = "logs/", Tags = [new LifecycleTag("keep", "no")], SizeGreaterThan = 9 },
        });
        foreach (var (key, tag, size) in new[] { ("logs/a", "no", 10L), ("logs/b", "yes", 10L), ("logs/c", "no", 9L), ("data/a", "no", 10L) })
        {
            var version = test.NewVersion(bucket, key) with { Segments = TestCatalog.OneBlob(size), Tags = StringMap.EmptyTags.Add("keep", tag) };
            TestCatalog.Value(await test.Catalog.Versions.PutAsync(version, WriteCondition.None, Token));
        }

        test.Time.Advance(s_day);
        await RunAsync(test);
        Assert.NotNull(await test.FindAsync(bucket, "logs/a"));

        test.Time.Advance(2 * s_day);
        var before = test.Catalog.Feed.CurrentSequence;
        await RunAsync(test);
        Assert.Null(await test.FindAsync(bucket, "logs/a"));
        Assert.Equal(3, await test.CountAsync("SELECT COUNT(*) FROM versions"));
        var change = Assert.Single((await test.Catalog.Feed.ReadAsync(before, 10, Token)).Records);
        Assert.Equal((ChangeKind.ObjectChanged, "logs/a"), (change.Kind, change.Key));
    }

    [Fact]
    public async Task A_versioned_key_ends_with_a_marker_then_loses_its_versions_and_at_last_the_marker()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        await ConfigureAsync(
            test, bucket,
            new LifecycleRule { Id = "end", IsEnabled = true, Expiration = new LifecycleExpiration(1, null, null) },
            new LifecycleRule { Id = "old", IsEnabled = true, NoncurrentExpiration = new NoncurrentExpiration(3, null) },
            new LifecycleRule { Id = "marker", IsEnabled = true, Expiration = new LifecycleExpiration(null, null, true) });
        await test.PutAsync(bucket, "k");

        test.Time.Advance(2 * s_day);
        await RunAsync(test);
        Assert.True((await test.FindAsync(bucket, "k"))!.Facts.IsDeleteMarker);
        await RunAsync(test);
        Assert.Equal(2, await test.CountAsync("SELECT COUNT(*) FROM versions"));

        test.Time.Advance(4 * s_day);
        await RunAsync(test);
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM versions"));
        await RunAsync(test);
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM versions"));
    }

    [Fact]
    public async Task The_newest_noncurrent_versions_stay_however_many_batches_a_key_takes()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        await ConfigureAsync(test, bucket, new LifecycleRule { Id = "r", IsEnabled = true, NoncurrentExpiration = new NoncurrentExpiration(1, 300) });
        for (var i = 0; i < 620; i++)
        {
            await test.PutAsync(bucket, "k", $"e{i}");
        }

        test.Time.Advance(2 * s_day);
        await RunAsync(test);
        Assert.Equal(301, await test.CountAsync("SELECT COUNT(*) FROM versions"));
        Assert.Equal("e619", (await test.FindAsync(bucket, "k"))!.Facts.ETag);
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM versions WHERE etag = 'e319'"));
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM versions WHERE etag = 'e318'"));
    }

    [Fact]
    public async Task What_is_locked_stays()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        await ConfigureAsync(test, bucket, new LifecycleRule { Id = "r", IsEnabled = true, NoncurrentExpiration = new NoncurrentExpiration(1, null) });
        foreach (var (key, retention) in new[] { ("held", 10), ("short", 1) })
        {
            var locked = test.NewVersion(bucket, key) with { Retention = new ObjectRetention(ObjectLockMode.Governance, test.Time.GetUtcNow() + (retention * s_day)) };
            TestCatalog.Value(await test.Catalog.Versions.PutAsync(locked, WriteCondition.None, Token));
            await test.PutAsync(bucket, key);
        }

        test.Time.Advance(3 * s_day);
        await RunAsync(test);
        Assert.Equal(2, await test.CountAsync("SELECT COUNT(*) FROM versions WHERE object_key = 'held'"));
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM versions WHERE object_key = 'short'"));
    }

    [Fact]
    public async Task Storage_classes_change_with_the_latest_transition_that_is_due()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        await ConfigureAsync(test, bucket, new LifecycleRule
        {
            Id = "r", IsEnabled = true,
            Transitions = [new LifecycleTransition(1, null, "STANDARD_IA"), new LifecycleTransition(4, null, "ONEZONE_IA")],
            NoncurrentTransitions = [new NoncurrentTransition(1, null, "REDUCED_REDUNDANCY")],
        });
        await test.PutAsync(bucket, "k");
        var first = (await test.FindAsync(bucket, "k"))!.Facts;
        await test.PutAsync(bucket, "k");

        test.Time.Advance(2 * s_day);
        await RunAsync(test);
        Assert.Equal("STANDARD_IA", (await test.FindAsync(bucket, "k"))!.Facts.StorageClass);
        Assert.Equal("REDUCED_REDUNDANCY", (await test.FindAsync(bucket, "k", first.VersionId))!.Facts.StorageClass);
        test.Time.Advance(3 * s_day);
        await RunAsync(test);
        Assert.Equal("ONEZONE_IA", (await test.FindAsync(bucket, "k"))!.Facts.StorageClass);
        var settled = test.Catalog.Feed.CurrentSequence;
        await RunAsync(test);
        Assert.Equal(settled, test.Catalog.Feed.CurrentSequence);
    }

    [Fact]
    public async Task Uploads_are_given_up_so_many_days_after_their_beginning()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await ConfigureAsync(
            test, bucket, new LifecycleRule { Id = "r", IsEnabled = true, AbortUploadAfterDays = 2, Filter = new LifecycleFilter { Prefix = "a" } });
        foreach (var key in new[] { "a1", "b", "a2" })
        {
            await test.Catalog.Uploads.CreateAsync(
                new NewUpload { BucketId = bucket.Id, Key = key, OwnerOrganizationId = TestCatalog.Owner, Initiator = "static/x" }, Token);
            test.Time.Advance(1.5 * s_day);
        }

        await RunAsync(test);
        var left = await test.Catalog.Uploads.ListAsync(new UploadListQuery { BucketId = bucket.Id }, Token);
        Assert.Equal(["a2", "b"], left.Uploads.Select(static u => u.Key));
    }

    [Fact]
    public async Task A_pass_that_was_broken_off_goes_on_where_it_was()
    {
        await using var test = await TestCatalog.OpenAsync();
        foreach (var name in new[] { "bucket-a", "bucket-b", "bucket-c" })
        {
            var bucket = await test.CreateBucketAsync(name);
            await ConfigureAsync(test, bucket, new LifecycleRule { Id = "r", IsEnabled = true, Expiration = new LifecycleExpiration(1, null, null) });
            await test.PutAsync(bucket, "k1");
            await test.PutAsync(bucket, "k2");
        }

        test.Time.Advance(2 * s_day);
        await test.Catalog.Positions.SaveAsync(LifecycleWorker.Name, "", new LifecyclePosition("bucket-a", "bucket-b", "k1").ToString(), Token);
        await test.ReopenAsync();
        await RunAsync(test);
        Assert.Equal(3, await test.CountAsync("SELECT COUNT(*) FROM versions"));
        Assert.Null(await test.Catalog.Positions.FindAsync(LifecycleWorker.Name, "", Token));
        await RunAsync(test);
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM versions"));
    }

    [Fact]
    public async Task An_action_is_not_carried_out_on_what_has_changed_since()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        await test.PutAsync(bucket, "k");
        var seen = Assert.Single(await test.Catalog.Lifecycle.ReadAsync(bucket.Id, "", 0, 10, withTags: true, Token));
        await test.PutAsync(bucket, "k");
        var result = TestCatalog.Value(await test.Catalog.Lifecycle.ApplyAsync(
            bucket.Id, [new LifecycleAction(LifecycleActionKind.EndCurrent, seen)], LifecycleWorker.Name, "p", Token));
        Assert.Equal([false], result.Done);
        Assert.Equal("p", await test.Catalog.Positions.FindAsync(LifecycleWorker.Name, "", Token));
        Assert.Equal(2, await test.CountAsync("SELECT COUNT(*) FROM versions"));
    }

    private static async Task ConfigureAsync(TestCatalog test, BucketRow bucket, params LifecycleRule[] rules) =>
        TestCatalog.Value(await test.Catalog.Buckets.ConfigureAsync(bucket.Id, c => c with { Lifecycle = new LifecycleConfiguration([.. rules]) }, Token));

    private static async Task RunAsync(TestCatalog test)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new LifecycleMetrics(services.GetRequiredService<IMeterFactory>());
        using var worker = new LifecycleWorker(test.Catalog, new OriginOptions(), metrics, test.Time, NullLogger<LifecycleWorker>.Instance);
        await worker.RunOnceAsync(Token);
    }
}
