using EdgeCache.Origin.Blobs;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Tests.Blobs;

public sealed class BlobStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, null)]
    [InlineData(256 << 10, null)]
    [InlineData((256 << 10) + 1, null)]
    [InlineData(3_000_000, 3_000_000L)]
    public async Task Bytes_come_back_as_they_were_written_also_after_a_restart(int length, long? expected)
    {
        await using var blobs = new TestBlobs();
        var bytes = TestBlobs.Bytes(length);
        var segment = Assert.Single(await blobs.WriteAsync(bytes, expected));
        Assert.Equal(length, segment.Length);
        await blobs.ReopenAsync();
        Assert.Equal(bytes, await blobs.ReadAsync(segment));
        Assert.Equal(1, blobs.CountFiles());
    }

    [Fact]
    public async Task Nothing_written_is_no_blob()
    {
        await using var blobs = new TestBlobs();
        Assert.Empty(await blobs.WriteAsync([]));
        Assert.Empty(await blobs.WriteAsync([], 0));
        Assert.Equal(0, blobs.CountFiles());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public async Task Another_length_than_expected_is_refused_and_leaves_nothing(int expected)
    {
        await using var blobs = new TestBlobs();
        Assert.Equal(S3ErrorCode.IncompleteBody, (await blobs.TryWriteAsync(TestBlobs.Bytes(10), expected)).Error?.Code);
        Assert.Equal(0, blobs.CountFiles());
    }

    [Fact]
    public async Task Bytes_are_durable_before_the_name_and_the_name_before_the_answer()
    {
        await using var blobs = new TestBlobs();
        blobs.Files.Calls.Clear();
        await blobs.WriteAsync(TestBlobs.Bytes(10));
        Assert.Equal(["Create", "WriteAsync", "Flush", "Rename", "FlushDirectory"], blobs.Files.Calls);
    }

    [Theory]
    [InlineData("Create")]
    [InlineData("WriteAsync")]
    [InlineData("Flush")]
    [InlineData("Rename")]
    public async Task A_full_disk_refuses_the_blob_leaves_nothing_and_recovers(string operation)
    {
        await using var blobs = new TestBlobs();
        blobs.Files.Fails = operation;
        var error = (await blobs.TryWriteAsync(TestBlobs.Bytes(10))).Error;
        Assert.Equal((S3ErrorCode.ServiceUnavailable, "Insufficient storage."), (error?.Code, error?.Message));
        Assert.Equal(0, blobs.CountFiles());

        blobs.Files.Fails = null;
        Assert.Single(await blobs.WriteAsync(TestBlobs.Bytes(10)));
    }

    [Fact]
    public async Task A_name_that_is_not_durable_is_not_acknowledged()
    {
        await using var blobs = new TestBlobs();
        blobs.Files.Fails = "FlushDirectory";
        Assert.Equal(S3ErrorCode.ServiceUnavailable, (await blobs.TryWriteAsync(TestBlobs.Bytes(10))).Error?.Code);
    }

    [Fact]
    public async Task The_reserve_is_kept_for_the_catalog()
    {
        await using var blobs = new TestBlobs();
        blobs.Files.Free = 1500;
        Assert.Equal(S3ErrorCode.ServiceUnavailable, (await blobs.TryWriteAsync(TestBlobs.Bytes(501), 501)).Error?.Code);
        Assert.Single(await blobs.WriteAsync(TestBlobs.Bytes(500), 500));
        blobs.Files.Free = 999;
        Assert.Equal(S3ErrorCode.ServiceUnavailable, (await blobs.TryWriteAsync(TestBlobs.Bytes(1))).Error?.Code);
    }

    [Fact]
    public async Task An_unfinished_blob_is_gone_when_disposed_or_after_a_restart()
    {
        await using var blobs = new TestBlobs();
        await using (var writer = (await blobs.Store.BeginAsync(null, Token)).Value!)
        {
            Assert.Null(await writer.WriteAsync(TestBlobs.Bytes(300_000), Token));
            Assert.Equal(1, blobs.CountFiles());
        }

        Assert.Equal(0, blobs.CountFiles());
        await File.WriteAllBytesAsync(Path.Combine(blobs.Directory, "tmp", "left by a crash"), [1], Token);
        await blobs.ReopenAsync();
        Assert.Equal(0, blobs.CountFiles());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clone_outlives_its_source(bool noLinks)
    {
        await using var blobs = new TestBlobs();
        blobs.Files.NoLinks = noLinks;
        var bytes = TestBlobs.Bytes(1000);
        var source = await blobs.WriteAsync(bytes);
        var clones = (await blobs.Store.CloneAsync([.. source, .. source], Token)).Value;
        Assert.Equal(3, clones.Concat(source).Select(static s => s.Blob).Distinct().Count());
        await blobs.Store.DiscardAsync(source);
        Assert.Equal(bytes, await blobs.ReadAsync(clones[0]));
        Assert.Equal(bytes, await blobs.ReadAsync(clones[1]));
        Assert.Equal(2, blobs.CountFiles());
    }

    [Fact]
    public async Task A_clone_that_fails_leaves_nothing()
    {
        await using var blobs = new TestBlobs();
        var source = await blobs.WriteAsync(TestBlobs.Bytes(1000));
        blobs.Files.Fails = "FlushDirectory";
        Assert.Equal(S3ErrorCode.ServiceUnavailable, (await blobs.Store.CloneAsync([.. source, .. source], Token)).Error?.Code);
        Assert.Equal(1, blobs.CountFiles());
    }

    [Fact]
    public async Task An_open_blob_is_readable_after_its_deletion()
    {
        await using var blobs = new TestBlobs();
        var bytes = TestBlobs.Bytes(100);
        var segment = Assert.Single(await blobs.WriteAsync(bytes));
        using var handle = blobs.Store.OpenRead(segment).Value!;
        await blobs.Store.DiscardAsync([segment]);
        var read = new byte[100];
        Assert.Equal(100, await handle.ReadAsync(read, 0, Token));
        Assert.Equal(bytes, read);
        Assert.Equal(S3ErrorCode.InternalError, blobs.Store.OpenRead(segment).Error?.Code);
    }

    [Fact]
    public async Task A_blob_of_another_length_than_the_catalog_knows_is_not_served()
    {
        await using var blobs = new TestBlobs();
        var segment = Assert.Single(await blobs.WriteAsync(TestBlobs.Bytes(100)));
        Assert.Equal(S3ErrorCode.InternalError, blobs.Store.OpenRead(segment with { Length = 99 }).Error?.Code);
        Assert.Equal(
            S3ErrorCode.InternalError, blobs.Store.OpenRead(new BlobSegment(new BlobId(Generation.New(blobs.Time)), 1)).Error?.Code);
    }

    [Fact]
    public async Task Concurrent_blobs_do_not_mix()
    {
        await using var blobs = new TestBlobs();
        var written = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i => (i, Segments: await blobs.WriteAsync(TestBlobs.Bytes(50_000 + i, i)))));
        foreach (var (i, segments) in written)
        {
            Assert.Equal(TestBlobs.Bytes(50_000 + i, i), await blobs.ReadAsync(Assert.Single(segments)));
        }
    }
}
