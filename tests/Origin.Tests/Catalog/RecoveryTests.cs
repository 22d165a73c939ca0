using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class RecoveryTests
{
    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_crash()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        for (var i = 0; i < 50; i++)
        {
            await test.PutAsync(bucket, $"key{i}", $"etag{i}");
        }

        // The files as they are while the catalog is open: nothing was closed, checkpointed or said goodbye to.
        await using var copy = await test.OpenCrashedCopyAsync("crashed.db");
        Assert.Equal(test.Catalog.Feed.CurrentSequence, copy.Feed.CurrentSequence);
        Assert.Equal(test.Catalog.Feed.Epoch, copy.Feed.Epoch);
        for (var i = 0; i < 50; i++)
        {
            var found = await copy.Versions.FindAsync(bucket.Id, $"key{i}", null, withSegments: true, TestCatalog.Token);
            Assert.Equal($"etag{i}", found.Version?.Facts.ETag);
            Assert.Single(found.Version!.Segments);
        }
    }

    [Fact]
    public async Task A_torn_end_of_the_log_costs_only_what_was_not_acknowledged()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await test.PutAsync(bucket, "acknowledged");
        var acknowledged = new FileInfo(test.DatabasePath + "-wal").Length;
        await test.PutAsync(bucket, "torn");
        var copy = Path.Combine(Path.GetDirectoryName(test.DatabasePath)!, "torn.db");
        File.Copy(test.DatabasePath, copy);
        File.Copy(test.DatabasePath + "-wal", copy + "-wal");
        await using (var wal = new FileStream(copy + "-wal", FileMode.Open))
        {
            wal.SetLength(acknowledged + ((wal.Length - acknowledged) / 2));
        }

        await using var reopened = await test.OpenFileAsync(copy);
        Assert.NotNull((await reopened.Versions.FindAsync(bucket.Id, "acknowledged", null, true, TestCatalog.Token)).Version);
        Assert.Null((await reopened.Versions.FindAsync(bucket.Id, "torn", null, true, TestCatalog.Token)).Version);
        Assert.Equal(2, reopened.Feed.CurrentSequence);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_and_takes_them_again_when_there_is_space()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        await test.PutAsync(bucket, "before");
        await test.CountAsync("PRAGMA max_page_count = 1"); // becomes the size that the file has now
        var version = test.NewVersion(bucket, "big") with { UserMetadata = StringMap.Empty.Add("filler", new string('x', 100_000)) };

        var sequence = test.Catalog.Feed.CurrentSequence;
        var full = await test.Catalog.Versions.PutAsync(version, WriteCondition.None, TestCatalog.Token);
        Assert.Equal(S3ErrorCode.ServiceUnavailable, full.Error?.Code);
        Assert.NotNull(await test.FindAsync(bucket, "before"));
        Assert.Null(await test.FindAsync(bucket, "big"));
        Assert.Equal(sequence, test.Catalog.Feed.CurrentSequence);

        // The writer came back on a fresh session, which has no limit.
        Assert.Equal(sequence + 1, TestCatalog.Value(await test.Catalog.Versions.PutAsync(version, WriteCondition.None, TestCatalog.Token)).Sequence);
        Assert.NotNull(await test.FindAsync(bucket, "big"));
    }

    [Fact]
    public async Task A_catalog_opens_only_once_and_only_for_its_region()
    {
        await using var test = await TestCatalog.OpenAsync();
        var inUse = await Assert.ThrowsAsync<CatalogOpenException>(() => test.OpenFileAsync(test.DatabasePath));
        Assert.DoesNotContain('\n', inUse.Message);
        await test.ReopenAsync();
        await using var copy = await test.OpenCrashedCopyAsync("copy.db");
        await copy.DisposeAsync();
        var wrong = await Assert.ThrowsAsync<CatalogOpenException>(() => OriginCatalog.OpenAsync(
            Path.Combine(Path.GetDirectoryName(test.DatabasePath)!, "copy.db"), "LAS1", test.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TestCatalog.Token));
        Assert.Contains("ORD1", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await using var test = await TestCatalog.OpenAsync();
        var path = Path.Combine(Path.GetDirectoryName(test.DatabasePath)!, "text.db");
        await File.WriteAllTextAsync(path, new string('x', 8192), TestCatalog.Token);
        await Assert.ThrowsAsync<CatalogOpenException>(() => test.OpenFileAsync(path));
    }
}
