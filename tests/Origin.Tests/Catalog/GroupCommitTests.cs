using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Of_concurrent_creations_of_a_key_exactly_one_succeeds()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        using var start = new Barrier(32);
        var puts = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestCatalog.Token);
                return test.TryPutAsync(bucket, "key", $"etag{i}", new WriteCondition { IfNoneMatch = "*" });
            },
            TestCatalog.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        var winner = Assert.Single(puts, static p => p.Succeeded);
        Assert.All(puts.Where(static p => !p.Succeeded), static p => Assert.Equal(S3ErrorCode.PreconditionFailed, p.Error?.Code));
        Assert.Equal(winner.Value!.Facts.ETag, (await test.FindAsync(bucket, "key"))!.Facts.ETag);
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM blobs"));
    }

    [Fact]
    public async Task Of_concurrent_replacements_of_one_etag_exactly_one_succeeds()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await test.PutAsync(bucket, "key", "first");
        var puts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            test.TryPutAsync(bucket, "key", $"etag{i}", new WriteCondition { IfMatch = "first" })));
        Assert.Single(puts, static p => p.Succeeded);
    }

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("*", null, S3ErrorCode.NoSuchKey, null)]
    [InlineData("other", null, S3ErrorCode.NoSuchKey, S3ErrorCode.PreconditionFailed)]
    [InlineData("etag", null, S3ErrorCode.NoSuchKey, null)]
    [InlineData(null, "*", null, S3ErrorCode.PreconditionFailed)]
    [InlineData(null, "etag", null, S3ErrorCode.PreconditionFailed)]
    [InlineData(null, "other", null, null)]
    public async Task Conditions_are_about_the_current_version(string? ifMatch, string? ifNoneMatch, S3ErrorCode? whenMissing, S3ErrorCode? whenThere)
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync(versioning: BucketVersioning.Enabled);
        var condition = new WriteCondition { IfMatch = ifMatch, IfNoneMatch = ifNoneMatch };
        Assert.Equal(whenMissing, (await test.TryPutAsync(bucket, "never", "new", condition)).Error?.Code);

        await test.PutAsync(bucket, "deleted");
        await test.DeleteAsync(bucket, "deleted");
        Assert.Equal(whenMissing, (await test.TryPutAsync(bucket, "deleted", "new", condition)).Error?.Code);

        await test.PutAsync(bucket, "there");
        Assert.Equal(whenThere, (await test.TryPutAsync(bucket, "there", "new", condition)).Error?.Code);
    }

    [Fact]
    public async Task Conditional_deletions_compare_with_what_they_would_remove()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var put = await test.PutAsync(bucket, "key");
        foreach (var wrong in new WriteCondition[] { new() { IfMatch = "other" }, new() { IfSize = 11 }, new() { IfLastModified = DateTimeOffset.UnixEpoch } })
        {
            Assert.Equal(S3ErrorCode.PreconditionFailed, (await DeleteAsync("key", wrong)).Error?.Code);
            Assert.False(TestCatalog.Value(await DeleteAsync("missing", wrong)).Changed);
        }

        var right = new WriteCondition { IfMatch = "etag", IfSize = 10, IfLastModified = put.Facts.LastModified };
        Assert.True(TestCatalog.Value(await DeleteAsync("key", right)).Changed);

        Task<Outcome<DeletedVersion>> DeleteAsync(string key, WriteCondition condition) =>
            test.Catalog.Versions.DeleteAsync(bucket.Id, key, null, condition, TestCatalog.Token);
    }

    [Fact]
    public async Task A_mutation_that_fails_takes_none_of_its_transaction_with_it()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        using var gate = new ManualResetEventSlim();
        var held = test.Catalog.Writer.RunAsync<object>(
            m =>
            {
                gate.Wait(TestCatalog.Token);
                return new object();
            },
            TestCatalog.Token);

        // All of these wait behind the gate, and so are of one transaction.
        var before = test.PutAsync(bucket, "before");
        var poisoned = test.Catalog.Writer.RunAsync<object>(
            m =>
            {
                m.Append(ChangeKind.ObjectChanged, "bucket", "poisoned");
                m.Sql.Execute("DELETE FROM versions");
                throw new InvalidOperationException("poisoned");
            },
            TestCatalog.Token);
        var duplicate = test.Catalog.Writer.RunAsync<object>(
            m => m.Sql.Execute("INSERT INTO catalog_info (name, value) VALUES ('epoch', 'other')"), TestCatalog.Token);
        var after = test.PutAsync(bucket, "after");
        gate.Set();
        TestCatalog.Value(await held);
        await Assert.ThrowsAsync<InvalidOperationException>(() => poisoned);
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => duplicate);

        Assert.Equal((await before).Sequence + 1, (await after).Sequence);
        Assert.NotNull(await test.FindAsync(bucket, "before"));
        Assert.NotNull(await test.FindAsync(bucket, "after"));
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM changes WHERE object_key = 'poisoned'"));
    }

    [Fact]
    public async Task A_mutation_cancelled_while_it_waits_never_happens()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        using var gate = new ManualResetEventSlim();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestCatalog.Token);
        var held = test.Catalog.Writer.RunAsync<object>(
            m =>
            {
                gate.Wait(TestCatalog.Token);
                return new object();
            },
            TestCatalog.Token);
        var put = test.Catalog.Versions.PutAsync(test.NewVersion(bucket, "key"), WriteCondition.None, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        gate.Set();
        await held;
        await test.PutAsync(bucket, "other");
        Assert.Null(await test.FindAsync(bucket, "key"));
    }

    [Fact]
    public async Task Concurrent_puts_are_all_there_and_each_has_its_place_in_the_feed()
    {
        const int count = 2000;
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var start = test.Catalog.Feed.CurrentSequence;
        var puts = await Task.WhenAll(Enumerable.Range(0, count).Select(i => test.PutAsync(bucket, $"key{i}")));
        Assert.Equal(Enumerable.Range(1, count).Select(i => start + i), puts.Select(static p => p.Sequence).Order());
        var slice = await test.Catalog.Feed.ReadAsync(start, count + 1, TestCatalog.Token);
        Assert.Equal(
            puts.OrderBy(static p => p.Sequence).Select(static p => (p.Sequence, p.Facts.Key)), slice.Records.Select(static r => (r.Sequence, r.Key)));
        Assert.All(slice.Records, static r => Assert.Equal((ChangeKind.ObjectChanged, "bucket"), (r.Kind, r.Bucket)));
    }

    [Fact]
    public async Task A_full_queue_tells_callers_to_slow_down()
    {
        await using var test = await TestCatalog.OpenAsync();
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var held = test.Catalog.Writer.RunAsync<object>(
            m =>
            {
                entered.Set();
                gate.Wait(TestCatalog.Token);
                return new object();
            },
            TestCatalog.Token);
        entered.Wait(TestCatalog.Token);
        var queued = Enumerable.Range(0, Origin.Catalog.Sql.CatalogWriter.QueueCapacity)
            .Select(_ => test.Catalog.Writer.RunAsync<object>(static m => new object(), TestCatalog.Token)).ToList();
        var refused = await test.Catalog.Writer.RunAsync<object>(static m => new object(), TestCatalog.Token);
        Assert.Equal(S3ErrorCode.SlowDown, refused.Error?.Code);
        gate.Set();
        TestCatalog.Value(await held);
        Assert.All(await Task.WhenAll(queued), static q => Assert.True(q.Succeeded));
    }
}
