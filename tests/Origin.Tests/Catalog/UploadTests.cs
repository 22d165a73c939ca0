using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Catalog;

public sealed class UploadTests
{
    private const long Big = UploadStore.MinPartSize;

    [Fact]
    public async Task A_completed_upload_is_its_parts_in_order()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var upload = await CreateAsync(test, bucket, "key");
        var third = await PutPartAsync(test, upload, 3, 7);
        var first = await PutPartAsync(test, upload, 1, Big);
        await PutPartAsync(test, upload, 2, Big);
        await PutPartAsync(test, upload, 1, Big); // replaced below
        first = await PutPartAsync(test, upload, 1, Big + 1, "replaced");

        // Part 2 is left out, so it is garbage like the two former first parts.
        var done = TestCatalog.Value(await CompleteAsync(test, upload, (1, "replaced"), (3, "etag3")));
        Assert.Equal((Big + 8, "sealed-2"), (done.Facts.Size, done.Facts.ETag));
        Assert.Equal([Big + 1, 7], done.Facts.PartSizes);

        var found = (await test.FindAsync(bucket, "key"))!;
        Assert.Equal([.. first, .. third], found.Segments);
        Assert.Equal("text/plain", found.Facts.Headers["Content-Type"]);
        Assert.Equal(1, found.Facts.TagCount);
        Assert.Equal([Big + 1, 7], found.Facts.PartSizes);
        Assert.Equal(3, await test.CountAsync("SELECT COUNT(*) FROM blobs WHERE released_at IS NOT NULL"));
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM parts"));
    }

    [Fact]
    public async Task A_repeated_completion_answers_the_same_until_it_is_forgotten()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var upload = await CreateAsync(test, bucket, "key");
        await PutPartAsync(test, upload, 1, 3);
        var first = TestCatalog.Value(await CompleteAsync(test, upload, (1, "etag1")));
        await test.PutAsync(bucket, "key", "overwritten since");
        await test.ReopenAsync();

        var second = TestCatalog.Value(await CompleteAsync(test, upload, (1, "etag1")));
        Assert.Equal((first.Sequence, first.Facts.ETag, first.Facts.Generation), (second.Sequence, second.Facts.ETag, second.Facts.Generation));
        Assert.Equal("overwritten since", (await test.FindAsync(bucket, "key"))!.Facts.ETag);
        Assert.True((await test.Catalog.Uploads.FindAsync(bucket.Id, "key", upload.UploadId, TestCatalog.Token))!.IsCompleted);
        Assert.Equal(S3ErrorCode.NoSuchUpload, (await TryPutPartAsync(test, upload, 2, 1, "etag2")).Error?.Code);
        Assert.Equal(S3ErrorCode.NoSuchUpload, (await test.Catalog.Uploads.AbortAsync(bucket.Id, "key", upload.UploadId, TestCatalog.Token))?.Code);

        await test.Catalog.Maintenance.ForgetCompletedUploadsAsync(test.Time.GetUtcNow().AddSeconds(1), 10, TestCatalog.Token);
        Assert.Equal(S3ErrorCode.NoSuchUpload, (await CompleteAsync(test, upload, (1, "etag1"))).Error?.Code);
    }

    [Fact]
    public async Task Wrong_completions_are_refused_and_leave_the_upload_as_it_was()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var upload = await CreateAsync(test, bucket, "key");
        await PutPartAsync(test, upload, 1, Big - 1);
        await PutPartAsync(test, upload, 2, Big);
        await PutPartAsync(test, upload, 3, 1);

        await AssertRefusedAsync(S3ErrorCode.InvalidPart, (1, "etag1"), (4, "etag4"));
        await AssertRefusedAsync(S3ErrorCode.InvalidPart, (2, "wrong"));
        await AssertRefusedAsync(S3ErrorCode.InvalidPartOrder, (3, "etag3"), (2, "etag2"));
        await AssertRefusedAsync(S3ErrorCode.InvalidPartOrder, (2, "etag2"), (2, "etag2"));
        await AssertRefusedAsync(S3ErrorCode.EntityTooSmall, (1, "etag1"), (2, "etag2"));
        await AssertRefusedAsync(S3ErrorCode.MalformedXML);
        var conditional = await test.Catalog.Uploads.CompleteAsync(
            Completion(upload, new WriteCondition { IfMatch = "*" }, (2, "etag2")), TestCatalog.Token);
        Assert.Equal(S3ErrorCode.NoSuchKey, conditional.Error?.Code);

        Assert.Null(await test.FindAsync(bucket, "key"));
        TestCatalog.Value(await CompleteAsync(test, upload, (2, "etag2"), (3, "etag3")));

        async Task AssertRefusedAsync(S3ErrorCode code, params (int, string)[] parts) =>
            Assert.Equal(code, (await CompleteAsync(test, upload, parts)).Error?.Code);
    }

    [Fact]
    public async Task Of_completion_and_abort_at_once_one_wins_and_no_blob_has_two_fates()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        for (var round = 0; round < 30; round++)
        {
            var upload = await CreateAsync(test, bucket, $"key{round}");
            await PutPartAsync(test, upload, 1, 5);
            var abort = () => test.Catalog.Uploads.AbortAsync(bucket.Id, upload.Key, upload.UploadId, TestCatalog.Token);
            var late = () => TryPutPartAsync(test, upload, 1, 6, "late");
            var complete = () => CompleteAsync(test, upload, (1, "etag1"));
            var (aborted, put, completed) = round % 2 == 0 ? (abort(), late(), complete()) : Reorder(complete(), abort(), late());
            await Task.WhenAll(aborted, put, completed);
            Assert.NotEqual((await aborted) is null, (await completed).Succeeded);
            Assert.Equal((await completed).Succeeded, await test.FindAsync(bucket, upload.Key) is not null);
        }

        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM blobs WHERE upload_row IS NOT NULL"));
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM parts"));

        static (Task<S3Error?>, Task<Outcome<StoredPart>>, Task<Outcome<CommittedVersion>>) Reorder(
            Task<Outcome<CommittedVersion>> completed, Task<S3Error?> aborted, Task<Outcome<StoredPart>> put) => (aborted, put, completed);
    }

    [Fact]
    public async Task Parts_are_listed_in_pages()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var upload = await CreateAsync(test, bucket, "key");
        foreach (var number in new[] { 10_000, 2, 7 })
        {
            await PutPartAsync(test, upload, number, number);
        }

        var first = TestCatalog.Value(await test.Catalog.Uploads.ListPartsAsync(bucket.Id, "key", upload.UploadId, 0, 2, TestCatalog.Token));
        Assert.Equal([(2, 2L), (7, 7L)], first.Parts.Select(static p => (p.PartNumber, p.Size)));
        Assert.True(first.IsTruncated);
        var second = TestCatalog.Value(await test.Catalog.Uploads.ListPartsAsync(bucket.Id, "key", upload.UploadId, 7, 2, TestCatalog.Token));
        Assert.Equal([10_000], second.Parts.Select(static p => p.PartNumber));
        Assert.False(second.IsTruncated);
        Assert.Equal(
            S3ErrorCode.NoSuchUpload,
            (await test.Catalog.Uploads.ListPartsAsync(bucket.Id, "other", upload.UploadId, 0, 2, TestCatalog.Token)).Error?.Code);
        Assert.Equal(S3ErrorCode.InvalidArgument, (await TryPutPartAsync(test, upload, 10_001, 1, "etag")).Error?.Code);
    }

    [Fact]
    public async Task Uploads_are_listed_in_pages_that_are_together_the_whole()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        foreach (var key in new[] { "a", "b/1", "b/1", "b/2", "c", "c", "c", "ü" })
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await CreateAsync(test, bucket, key);
        }

        var completed = await CreateAsync(test, bucket, "a");
        await PutPartAsync(test, completed, 1, 1);
        await CompleteAsync(test, completed, (1, "etag1"));

        var whole = await test.Catalog.Uploads.ListAsync(new UploadListQuery { BucketId = bucket.Id, Delimiter = "/" }, TestCatalog.Token);
        Assert.Equal(["a", "c", "c", "c", "ü"], whole.Uploads.Select(static u => u.Key));
        Assert.Equal(["b/"], whole.CommonPrefixes);
        Assert.Equal(whole.Uploads.OrderBy(static u => u.InitiatedAt).Select(static u => u.UploadId), whole.Uploads.Select(static u => u.UploadId));

        foreach (var max in new[] { 1, 2, 4 })
        {
            var (query, seen) = (new UploadListQuery { BucketId = bucket.Id, Delimiter = "/", MaxUploads = max }, new List<string>());
            while (true)
            {
                var page = await test.Catalog.Uploads.ListAsync(query, TestCatalog.Token);
                seen.AddRange(page.Uploads.Select(static u => u.UploadId));
                seen.AddRange(page.CommonPrefixes);
                if (!page.IsTruncated)
                {
                    break;
                }

                query = query with { KeyMarker = page.NextKeyMarker, UploadIdMarker = page.NextUploadIdMarker };
            }

            Assert.Equal(whole.Uploads.Select(static u => u.UploadId).Append("b/").Order(), seen.Order());
        }
    }

    [Fact]
    public async Task A_deleted_bucket_takes_its_uploads_with_it()
    {
        await using var test = await TestCatalog.OpenAsync();
        var bucket = await test.CreateBucketAsync();
        var upload = await CreateAsync(test, bucket, "key");
        await PutPartAsync(test, upload, 1, 5);
        TestCatalog.Value(await test.Catalog.Buckets.DeleteAsync(bucket.Id, TestCatalog.Token));
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM blobs WHERE released_at IS NOT NULL"));
        Assert.Equal(0, await test.CountAsync("SELECT (SELECT COUNT(*) FROM uploads) + (SELECT COUNT(*) FROM parts)"));
        Assert.Equal(S3ErrorCode.NoSuchUpload, (await TryPutPartAsync(test, upload, 2, 1, "etag2")).Error?.Code);
    }

    internal static async Task<StoredUpload> CreateAsync(TestCatalog test, BucketRow bucket, string key) =>
        TestCatalog.Value(await test.Catalog.Uploads.CreateAsync(
            new NewUpload
            {
                BucketId = bucket.Id, Key = key, OwnerOrganizationId = TestCatalog.Owner, Initiator = "static/test",
                Headers = StringMap.Empty.Add("Content-Type", "text/plain"), Tags = StringMap.EmptyTags.Add("tag", "value"),
            },
            TestCatalog.Token));

    private static Task<Outcome<StoredPart>> TryPutPartAsync(TestCatalog test, StoredUpload upload, int number, long size, string etag) =>
        test.Catalog.Uploads.PutPartAsync(Part(upload, number, TestCatalog.OneBlob(size), etag), TestCatalog.Token);

    private static async Task<ImmutableArray<BlobSegment>> PutPartAsync(
        TestCatalog test, StoredUpload upload, int number, long size, string? etag = null)
    {
        var segments = TestCatalog.OneBlob(size);
        TestCatalog.Value(await test.Catalog.Uploads.PutPartAsync(Part(upload, number, segments, etag ?? $"etag{number}"), TestCatalog.Token));
        return segments;
    }

    private static NewPart Part(StoredUpload upload, int number, ImmutableArray<BlobSegment> segments, string etag) => new()
    {
        BucketId = upload.BucketId, Key = upload.Key, UploadId = upload.UploadId, PartNumber = number, Segments = segments, ETag = etag,
    };

    private static Task<Outcome<CommittedVersion>> CompleteAsync(TestCatalog test, StoredUpload upload, params (int Number, string ETag)[] parts) =>
        test.Catalog.Uploads.CompleteAsync(Completion(upload, WriteCondition.None, parts), TestCatalog.Token);

    internal static UploadCompletion Completion(StoredUpload upload, WriteCondition condition, params (int Number, string ETag)[] parts) => new(
        upload.BucketId, upload.Key, upload.UploadId, [.. parts.Select(static p => new NamedPart(p.Number, p.ETag, null))], condition,
        static (_, stored) => new SealedObject($"sealed-{stored.Count}", null));
}
