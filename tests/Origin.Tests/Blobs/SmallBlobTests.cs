using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Maintenance;
using EdgeCache.Origin.Tests.Catalog;
using EdgeCache.Shared.S3;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Blobs;

/// <summary>Blobs whose bytes lie in the catalog.</summary>
public sealed class SmallBlobTests
{
    private const int Limit = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(Limit, false, 0)]
    [InlineData(Limit, true, 0)]
    [InlineData(Limit + 1, false, 1)]
    [InlineData(Limit + 1, true, 1)]
    [InlineData(5 * Limit, false, 1)]
    public async Task Up_to_the_limit_there_is_no_file_whether_the_length_was_told_or_not(int length, bool told, int files)
    {
        await using var blobs = new TestBlobs(smallLimit: Limit);
        var bytes = TestBlobs.Bytes(length);
        var segment = Assert.Single(await WriteInPiecesAsync(blobs, bytes, told ? length : null));
        Assert.Equal((length, files == 0), (segment.Length, segment.Content is not null));
        Assert.Equal(bytes, await blobs.ReadAsync(segment));
        Assert.Equal(files, blobs.CountFiles());
    }

    [Fact]
    public async Task A_disk_that_fails_when_a_blob_outgrows_memory_refuses_it_and_leaves_nothing()
    {
        await using var blobs = new TestBlobs(smallLimit: Limit);
        foreach (var operation in (string[])["Create", "WriteAsync"])
        {
            blobs.Files.Fails = operation;
            await using var writer = (await blobs.Store.BeginAsync(null, Token)).Value!;
            Assert.Null(await writer.WriteAsync(TestBlobs.Bytes(Limit), Token));
            Assert.Equal(S3ErrorCode.ServiceUnavailable, (await writer.WriteAsync(TestBlobs.Bytes(1), Token))?.Code);
        }

        Assert.Equal(0, blobs.CountFiles());
    }

    [Fact]
    public async Task A_copy_of_small_and_large_blobs_has_blobs_of_its_own()
    {
        await using var blobs = new TestBlobs(smallLimit: Limit);
        var (small, large) = (TestBlobs.Bytes(10, 1), TestBlobs.Bytes(2 * Limit, 2));
        ImmutableArray<BlobSegment> source = [.. await blobs.WriteAsync(large), .. await blobs.WriteAsync(small)];
        var clones = (await blobs.Store.CloneAsync(source, Token)).Value;
        Assert.Empty(clones.Select(static c => c.Blob).Intersect(source.Select(static s => s.Blob)));
        await blobs.Store.DiscardAsync(source);
        Assert.Equal(large, await blobs.ReadAsync(clones[0]));
        Assert.Equal(small, await blobs.ReadAsync(clones[1]));
        Assert.Equal(1, blobs.CountFiles());
    }

    [Fact]
    public async Task What_was_acknowledged_has_its_bytes_after_a_crash()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time, Limit);
        var bucket = await test.CreateBucketAsync();
        for (var i = 1; i <= 20; i++)
        {
            await PutAsync(test, blobs, bucket, $"key{i}", TestBlobs.Bytes(i * 50, i));
        }

        await using var copy = await test.OpenCrashedCopyAsync("crashed.db");
        for (var i = 1; i <= 20; i++)
        {
            var found = await copy.Versions.FindAsync(bucket.Id, $"key{i}", null, withSegments: true, Token);
            Assert.Equal(TestBlobs.Bytes(i * 50, i), await blobs.ReadAsync(Assert.Single(found.Version!.Segments)));
        }
    }

    [Fact]
    public async Task Bytes_of_another_length_than_the_catalog_knows_are_not_served()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time, Limit);
        var bucket = await test.CreateBucketAsync();
        await PutAsync(test, blobs, bucket, "short", TestBlobs.Bytes(10));
        await PutAsync(test, blobs, bucket, "none", TestBlobs.Bytes(11));
        await test.CountAsync("UPDATE small_blobs SET content = substr(content, 1, 9) WHERE length(content) = 10 RETURNING 1");
        await test.CountAsync("DELETE FROM small_blobs WHERE length(content) = 11 RETURNING 1");
        foreach (var key in (string[])["short", "none"])
        {
            var segment = Assert.Single((await test.FindAsync(bucket, key))!.Segments);
            Assert.Equal(S3ErrorCode.InternalError, blobs.Store.OpenRead(segment).Error?.Code);
        }
    }

    [Fact]
    public async Task What_was_replaced_stays_for_its_grace_then_goes_and_its_space_is_given_back()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time, 1 << 20);
        var bucket = await test.CreateBucketAsync();
        using var collector = Collector(test, blobs);
        for (var i = 0; i < 30; i++)
        {
            await PutAsync(test, blobs, bucket, $"key{i}", TestBlobs.Bytes(500_000, i));
        }

        var old = (await test.FindAsync(bucket, "key7"))!;
        for (var i = 0; i < 29; i++)
        {
            await PutAsync(test, blobs, bucket, $"key{i}", TestBlobs.Bytes(10, 100 + i));
        }

        await collector.RunOnceAsync(Token);
        Assert.Equal(59, await test.CountAsync("SELECT COUNT(*) FROM small_blobs"));
        var full = await test.CountAsync("PRAGMA page_count");

        test.Time.Advance(new MaintenanceOptions().GarbageGrace + TimeSpan.FromSeconds(1));
        await collector.RunOnceAsync(Token);
        Assert.Equal(30, await test.CountAsync("SELECT COUNT(*) FROM small_blobs"));
        Assert.Equal(30, await test.CountAsync("SELECT COUNT(*) FROM blobs"));
        Assert.InRange(await test.CountAsync("PRAGMA page_count"), 1, full / 3);
        Assert.Equal("ok", await test.TextAsync("PRAGMA integrity_check"));

        // A reader that had looked the old version up has its bytes; and what was moved within the file is whole.
        Assert.Equal(TestBlobs.Bytes(500_000, 7), await blobs.ReadAsync(Assert.Single(old.Segments)));
        Assert.Equal(TestBlobs.Bytes(500_000, 29), await blobs.ReadAsync(Assert.Single((await test.FindAsync(bucket, "key29"))!.Segments)));
        Assert.Equal(TestBlobs.Bytes(10, 103), await blobs.ReadAsync(Assert.Single((await test.FindAsync(bucket, "key3"))!.Segments)));
        Assert.DoesNotContain("Delete", blobs.Files.Calls);
    }

    [Fact]
    public async Task A_part_keeps_its_bytes_when_the_object_takes_it_and_loses_them_with_an_abort()
    {
        await using var test = await TestCatalog.OpenAsync();
        await using var blobs = new TestBlobs(test.Time, Limit);
        var bucket = await test.CreateBucketAsync();
        using var collector = Collector(test, blobs);
        foreach (var key in (string[])["completed", "aborted"])
        {
            var upload = await UploadTests.CreateAsync(test, bucket, key);
            var part = TestCatalog.Value(await test.Catalog.Uploads.PutPartAsync(
                new NewPart
                {
                    BucketId = bucket.Id, Key = key, UploadId = upload.UploadId, PartNumber = 1, ETag = "etag", Segments = await blobs.WriteAsync(TestBlobs.Bytes(77)),
                },
                Token));
            if (key == "completed")
            {
                TestCatalog.Value(await test.Catalog.Uploads.CompleteAsync(UploadTests.Completion(upload, WriteCondition.None, (1, part.ETag)), Token));
            }
            else
            {
                Assert.Null(await test.Catalog.Uploads.AbortAsync(bucket.Id, key, upload.UploadId, Token));
            }
        }

        test.Time.Advance(TimeSpan.FromDays(1));
        await collector.RunOnceAsync(Token);
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM small_blobs"));
        Assert.Equal(TestBlobs.Bytes(77), await blobs.ReadAsync(Assert.Single((await test.FindAsync(bucket, "completed"))!.Segments)));
    }

    private static GarbageCollector Collector(TestCatalog test, TestBlobs blobs) =>
        new(test.Catalog, blobs.Store, new MaintenanceOptions(), test.Time, NullLogger<GarbageCollector>.Instance);

    private static async Task PutAsync(TestCatalog test, TestBlobs blobs, BucketRow bucket, string key, byte[] bytes) =>
        TestCatalog.Value(await test.Catalog.Versions.PutAsync(
            test.NewVersion(bucket, key) with { Segments = await blobs.WriteAsync(bytes, bytes.Length) }, WriteCondition.None, Token));

    private static async Task<ImmutableArray<BlobSegment>> WriteInPiecesAsync(TestBlobs blobs, byte[] bytes, long? told)
    {
        await using var writer = (await blobs.Store.BeginAsync(told, Token)).Value!;
        for (var at = 0; at < bytes.Length; at += 300)
        {
            Assert.Null(await writer.WriteAsync(bytes.AsMemory(at, Math.Min(300, bytes.Length - at)), Token));
        }

        var committed = await writer.CommitAsync(Token);
        Assert.True(committed.Succeeded);
        return committed.Value;
    }
}
