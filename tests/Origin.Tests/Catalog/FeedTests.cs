using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class FeedTests
{
    [Fact]
    public async Task Every_change_is_told_in_order()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        await test.PutAsync(bucket, "key");
        var marker = await test.DeleteAsync(bucket, "key");
        await test.DeleteAsync(bucket, "key", marker.VersionId);
        await test.DeleteAsync(bucket, "key", (await test.FindAsync(bucket, "key"))!.Facts.VersionId);
        await test.Catalog.Buckets.DeleteAsync(bucket.Id, TestCatalog.Token);

        var slice = await test.Catalog.Feed.ReadAsync(0, 100, TestCatalog.Token);
        Assert.Equal(
            [
                (1, ChangeKind.BucketChanged, ""), (2, ChangeKind.BucketChanged, ""), (3, ChangeKind.ObjectChanged, "key"),
                (4, ChangeKind.ObjectChanged, "key"), (5, ChangeKind.ObjectChanged, "key"), (6, ChangeKind.ObjectChanged, "key"),
                (7, ChangeKind.BucketDeleted, ""),
            ],
            slice.Records.Select(static r => (r.Sequence, r.Kind, r.Key)));
        Assert.Equal((7, false), (slice.Position, slice.HistoryLost));
        Assert.Equal(7, test.Catalog.Feed.CurrentSequence);
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_commit()
    {
        await using var test = await TestCatalog.OpenAsync();
        var wait = test.Catalog.Feed.WaitAsync(0, TestCatalog.Token);
        Assert.False(wait.IsCompleted);
        await test.CreateBucketAsync();
        Assert.Equal(1, await wait);
        Assert.Equal(1, await test.Catalog.Feed.WaitAsync(0, TestCatalog.Token));
    }

    [Fact]
    public async Task Nothing_is_appended_where_nothing_changed()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var deleted = await test.DeleteAsync(bucket, "missing");
        Assert.Equal((false, 1, 1), (deleted.Changed, deleted.Sequence, test.Catalog.Feed.CurrentSequence));
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        for (var i = 0; i < 5; i++)
        {
            await test.PutAsync(bucket, $"key{i}");
        }

        var (position, seen) = (0L, new List<long>());
        while (await test.Catalog.Feed.ReadAsync(position, 2, TestCatalog.Token) is { Records.Count: > 0 } slice)
        {
            seen.AddRange(slice.Records.Select(static r => r.Sequence));
            position = slice.Position;
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], seen);
    }

    [Fact]
    public async Task A_subscriber_behind_the_history_or_ahead_of_it_is_told_so()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        for (var i = 0; i < 9; i++)
        {
            await test.PutAsync(bucket, "key");
        }

        while (TestCatalog.Value(await test.Catalog.Maintenance.TrimFeedAsync(keep: 4, max: 3, TestCatalog.Token)).Rows > 0)
        {
        }

        Assert.True((await test.Catalog.Feed.ReadAsync(5, 10, TestCatalog.Token)).HistoryLost);
        Assert.Equal([7, 8, 9, 10], (await test.Catalog.Feed.ReadAsync(6, 10, TestCatalog.Token)).Records.Select(static r => r.Sequence));
        Assert.False((await test.Catalog.Feed.ReadAsync(10, 10, TestCatalog.Token)).HistoryLost);
        var ahead = await test.Catalog.Feed.ReadAsync(11, 10, TestCatalog.Token);
        Assert.Equal((true, 10), (ahead.HistoryLost, ahead.Position));
    }

    [Fact]
    public async Task Sequences_and_epoch_go_on_after_a_restart()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var epoch = test.Catalog.Feed.Epoch;
        await test.ReopenAsync();
        Assert.Equal((epoch, 1), (test.Catalog.Feed.Epoch, test.Catalog.Feed.CurrentSequence));
        Assert.Equal(2, (await test.PutAsync(bucket, "key")).Sequence);
    }
}
