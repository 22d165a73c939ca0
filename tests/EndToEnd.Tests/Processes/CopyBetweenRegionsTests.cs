using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using EdgeCache.EndToEnd.Tests.BadInput;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>Copies whose source lives in LAS1 and whose destination in ORD1, through the accelerated endpoint.</summary>
public sealed class CopyBetweenRegionsTests(TwoRegions regions) : IClassFixture<TwoRegions>, IAsyncLifetime
{
    /// <summary>A refusal must come before clients give up, and a slow machine is no failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly TwoRegionDeployment _deployment = regions.Deployment;
    private readonly AmazonS3Client _s3 = SdkClient.Create(TwoRegionDeployment.AccessKeyId, TwoRegionDeployment.SecretKey, regions.Deployment.Edge.Endpoints.S3);
    private readonly AmazonS3Client _other =
        SdkClient.Create(TwoRegionDeployment.OtherAccessKeyId, TwoRegionDeployment.OtherSecretKey, regions.Deployment.Edge.Endpoints.S3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Edge => _deployment.Edge.Endpoints.S3;

    /// <summary>The bucket in ORD1.</summary>
    private string Here { get; } = $"destination-{Guid.NewGuid():N}";

    /// <summary>The bucket in LAS1.</summary>
    private string There { get; } = $"source-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await CreateAsync(_s3, Here, "ORD1");
        await CreateAsync(_s3, There, "LAS1");
    }

    public ValueTask DisposeAsync()
    {
        _s3.Dispose();
        _other.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_copy_has_the_bytes_and_all_that_is_known_of_the_source()
    {
        var content = Content(9_000_001);
        var put = new PutObjectRequest
        {
            BucketName = There, Key = "a key/with ünïcode+plus", InputStream = new MemoryStream(content), ContentType = "text/x-test",
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256, TagSet = [new Tag { Key = "team", Value = "a + b" }],
        };
        put.Headers.CacheControl = "max-age=7";
        put.Metadata.Add("colour", "blue");
        await _s3.PutObjectAsync(put, Cancellation);

        var copy = await _s3.CopyObjectAsync(There, put.Key, Here, "copy", Cancellation);
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"", copy.ETag);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(content)), copy.ChecksumSHA256);
        using var got = await _s3.GetObjectAsync(Here, "copy", Cancellation);
        Assert.Equal(content, await SdkClient.ReadAsync(got, Cancellation));
        Assert.Equal(("text/x-test", "max-age=7", "blue"), (got.Headers.ContentType, got.Headers.CacheControl, got.Metadata["colour"]));
        var tags = await _s3.GetObjectTaggingAsync(new() { BucketName = Here, Key = "copy" }, Cancellation);
        Assert.Equal(("team", "a + b"), (Assert.Single(tags.Tagging).Key, tags.Tagging[0].Value));
    }

    [Fact]
    public async Task Replaced_metadata_and_an_empty_object_and_one_of_parts()
    {
        await PutAsync("empty", []);
        var replace = new CopyObjectRequest
        {
            SourceBucket = There, SourceKey = "empty", DestinationBucket = Here, DestinationKey = "empty", MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = "text/new",
        };
        replace.Metadata.Add("new", "1");
        await _s3.CopyObjectAsync(replace, Cancellation);
        using var empty = await _s3.GetObjectAsync(Here, "empty", Cancellation);
        Assert.Equal((0, "text/new", "1"), (empty.ContentLength, empty.Headers.ContentType, empty.Metadata["new"]));

        var content = Content(11 << 20);
        await UploadPartsAsync(_s3, There, "parts", content, 5 << 20);
        var copy = await _s3.CopyObjectAsync(There, "parts", Here, "parts", Cancellation);
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"", copy.ETag);
        using var got = await _s3.GetObjectAsync(Here, "parts", Cancellation);
        Assert.Equal(content, await SdkClient.ReadAsync(got, Cancellation));
    }

    [Fact]
    public async Task Conditions_and_versions_are_the_sources()
    {
        await _s3.PutBucketVersioningAsync(new() { BucketName = There, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancellation);
        var first = await PutAsync("k", [1]);
        var second = await PutAsync("k", [2, 2]);

        var old = await CopyAsync(c => c.SourceVersionId = first.VersionId);
        Assert.Equal(first.VersionId, old.SourceVersionId);
        Assert.Equal(1, (await _s3.GetObjectMetadataAsync(Here, "copy", Cancellation)).ContentLength);
        await CopyAsync(c => c.ETagToMatch = second.ETag);
        Assert.Equal(2, (await _s3.GetObjectMetadataAsync(Here, "copy", Cancellation)).ContentLength);
        await ShouldFailAsync("PreconditionFailed", c => c.ETagToMatch = first.ETag);
        await ShouldFailAsync("PreconditionFailed", c => c.ETagToNotMatch = second.ETag);
        await ShouldFailAsync("PreconditionFailed", c => c.UnmodifiedSinceDate = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));
        await ShouldFailAsync("NoSuchVersion", c => c.SourceVersionId = Guid.Empty.ToString("N"));
        await ShouldFailAsync("NoSuchKey", c => c.SourceKey = "nothing");

        var marker = await _s3.DeleteObjectAsync(There, "k", Cancellation);
        await ShouldFailAsync("NoSuchKey", static _ => { });
        await ShouldFailAsync("InvalidRequest", c => c.SourceVersionId = marker.VersionId);
    }

    [Fact]
    public async Task Parts_are_copied_by_ranges()
    {
        var content = Content(12_000_000);
        await PutAsync("k", content);
        var upload = await _s3.InitiateMultipartUploadAsync(Here, "copy", Cancellation);
        var copied = new List<PartETag>();
        foreach (var (number, from, to) in new[] { (1, 0L, 5_999_999L), (2, 6_000_000L, 11_999_999L) })
        {
            var part = await _s3.CopyPartAsync(Part(upload.UploadId, number, from, to), Cancellation);
            Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(content[(int)from..(int)(to + 1)]))}\"", part.ETag);
            copied.Add(new PartETag(number, part.ETag));
        }

        var whole = await _s3.CopyPartAsync(new() { SourceBucket = There, SourceKey = "k", DestinationBucket = Here, DestinationKey = "copy", UploadId = upload.UploadId, PartNumber = 3 }, Cancellation);
        copied.Add(new PartETag(3, whole.ETag));
        foreach (var (from, to) in new[] { (0L, 12_000_000L), (12_000_000L, 12_000_001L) })
        {
            var refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => _s3.CopyPartAsync(Part(upload.UploadId, 4, from, to), Cancellation));
            Assert.Equal("InvalidRange", refused.ErrorCode);
        }

        await _s3.CompleteMultipartUploadAsync(new() { BucketName = Here, Key = "copy", UploadId = upload.UploadId, PartETags = copied }, Cancellation);
        using var got = await _s3.GetObjectAsync(Here, "copy", Cancellation);
        Assert.Equal((byte[])[.. content, .. content], await SdkClient.ReadAsync(got, Cancellation));

        CopyPartRequest Part(string uploadId, int number, long from, long to) => new()
        {
            SourceBucket = There, SourceKey = "k", DestinationBucket = Here, DestinationKey = "copy", UploadId = uploadId, PartNumber = number, FirstByte = from, LastByte = to,
        };
    }

    [Fact]
    public async Task The_sources_region_decides_for_the_caller_and_nothing_widens_that()
    {
        await PutAsync("private", [1]);
        await _s3.PutObjectAsync(new() { BucketName = There, Key = "public", InputStream = new MemoryStream([1, 2]), CannedACL = S3CannedACL.PublicRead }, Cancellation);
        await CreateAsync(_other, "others-own", "ORD1");
        await _other.CopyObjectAsync(There, "public", "others-own", "k", Cancellation);
        var refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => _other.CopyObjectAsync(There, "private", "others-own", "k", Cancellation));
        Assert.Equal("AccessDenied", refused.ErrorCode);
        refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => _other.CopyObjectAsync(There, "missing", "others-own", "k", Cancellation));
        Assert.Equal("AccessDenied", refused.ErrorCode);

        // The tiers' own headers, in a client's hands: its signature is good, and they mean nothing.
        var owner = new Principal("coreweave/owner", "main", AccessLevel.Full, [], PrincipalKind.User);
        var place = new CopySourcePlace("LAS1", new Uri(_deployment.Las.Endpoints.S3));
        var wrong = new CopySourceStatement("another cluster's secret, as long").Sign(place, There, TimeProvider.System.GetUtcNow(), "PUT", "/others-own/k");
        foreach (var (endpoint, status) in new[] { (Edge, 403), (_deployment.Ord.Endpoints.S3, 404) })
        {
            var head = new SignedHead(TwoRegionDeployment.OtherAccessKeyId, TwoRegionDeployment.OtherSecretKey, endpoint).Build(
                "PUT", "/others-own/k", SignedHead.Unsigned, ("x-amz-copy-source", $"/{There}/private"), (DelegatedRead.Header, DelegatedRead.Encode(owner)),
                (CopySourceStatement.Header, wrong), ("Content-Length", "0"));
            var answer = await RawHttp.SendAsync(endpoint, head, [], endOfInput: false, Cancellation);
            Assert.Equal(status, answer!.Status);
        }

        var read = new SignedHead(TwoRegionDeployment.OtherAccessKeyId, TwoRegionDeployment.OtherSecretKey, _deployment.Las.Endpoints.S3).Build(
            "GET", $"/{There}/private", SignedHead.Unsigned, (DelegatedRead.Header, DelegatedRead.Encode(owner)));
        Assert.Equal(403, (await RawHttp.SendAsync(_deployment.Las.Endpoints.S3, read, [], endOfInput: false, Cancellation))!.Status);
    }

    [Fact]
    public async Task The_owners_that_the_caller_expects_are_compared_on_both_sides()
    {
        await PutAsync("k", [1]);
        await CopyAsync(static c => (c.ExpectedSourceBucketOwner, c.ExpectedBucketOwner) = ("main", "main"));
        await ShouldFailAsync("AccessDenied", static c => c.ExpectedSourceBucketOwner = "other");
        await ShouldFailAsync("AccessDenied", static c => c.ExpectedBucketOwner = "other");
    }

    [Fact]
    public async Task A_source_region_that_is_away_is_said_so_in_time()
    {
        await PutAsync("k", [1]);
        await CopyAsync(static _ => { });
        await _deployment.Las.KillAsync();
        var failed = await Assert.ThrowsAsync<AmazonS3Exception>(() => CopyAsync(static _ => { }).WaitAsync(Patience, Cancellation));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"), (failed.StatusCode, failed.ErrorCode));
        await _deployment.Las.RestartAsync(Cancellation);
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static Task<PutBucketResponse> CreateAsync(AmazonS3Client s3, string bucket, string region) =>
        s3.PutBucketAsync(new PutBucketRequest { BucketName = bucket, BucketRegionName = region }, Cancellation);

    private static async Task UploadPartsAsync(AmazonS3Client s3, string bucket, string key, byte[] content, int partSize)
    {
        var upload = await s3.InitiateMultipartUploadAsync(bucket, key, Cancellation);
        var parts = new List<PartETag>();
        for (var offset = 0; offset < content.Length; offset += partSize)
        {
            using var piece = new MemoryStream(content, offset, Math.Min(partSize, content.Length - offset));
            var part = await s3.UploadPartAsync(
                new() { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartNumber = parts.Count + 1, InputStream = piece }, Cancellation);
            parts.Add(new PartETag(part));
        }

        await s3.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = parts }, Cancellation);
    }

    private Task<PutObjectResponse> PutAsync(string key, byte[] content) =>
        _s3.PutObjectAsync(new() { BucketName = There, Key = key, InputStream = new MemoryStream(content) }, Cancellation);

    private Task<CopyObjectResponse> CopyAsync(Action<CopyObjectRequest> with)
    {
        var request = new CopyObjectRequest { SourceBucket = There, SourceKey = "k", DestinationBucket = Here, DestinationKey = "copy" };
        with(request);
        return _s3.CopyObjectAsync(request, Cancellation);
    }

    private async Task ShouldFailAsync(string code, Action<CopyObjectRequest> with) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<AmazonS3Exception>(() => CopyAsync(with))).ErrorCode);
}
