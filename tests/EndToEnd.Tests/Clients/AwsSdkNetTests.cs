using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using EdgeCache.EndToEnd.Tests.Harness;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>AWSSDK.S3 through the accelerated endpoint; it needs nothing installed, so it always runs.</summary>
public sealed class AwsSdkNetTests(SharedDeployment deployment)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Puts_gets_lists_copies_and_deletes()
    {
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        var bucket = deployment.NewBucketName();
        var content = RandomNumberGenerator.GetBytes(9_000_000);
        await s3.PutBucketAsync(bucket, Cancellation);
        var put = new PutObjectRequest { BucketName = bucket, Key = "a/b c", InputStream = new MemoryStream(content), ContentType = "text/x-test" };
        put.Metadata["step"] = "3";
        await s3.PutObjectAsync(put, Cancellation);

        for (var read = 0; read < 2; read++)
        {
            using var got = await s3.GetObjectAsync(bucket, "a/b c", Cancellation);
            Assert.Equal("text/x-test", got.Headers.ContentType);
            Assert.Equal("3", got.Metadata["step"]);
            Assert.Equal(content, await SdkClient.ReadAsync(got, Cancellation));
        }

        await s3.CopyObjectAsync(bucket, "a/b c", bucket, "copy", Cancellation);
        var listed = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancellation);
        Assert.Equal(["a/b c", "copy"], listed.S3Objects.Select(static o => o.Key));
        var deleted = await s3.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = bucket, Objects = [.. listed.S3Objects.Select(static o => new KeyVersion { Key = o.Key })] }, Cancellation);
        Assert.Equal(2, deleted.DeletedObjects.Count);
        var missing = await Assert.ThrowsAsync<NoSuchKeyException>(() => s3.GetObjectAsync(bucket, "copy", Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        await s3.DeleteBucketAsync(bucket, Cancellation);
    }

    [Fact]
    public async Task Transfers_a_large_file_in_parts()
    {
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        using var transfer = new TransferUtility(s3);
        var bucket = deployment.NewBucketName();
        var content = RandomNumberGenerator.GetBytes(26_000_000);
        await s3.PutBucketAsync(bucket, Cancellation);
        await transfer.UploadAsync(
            new TransferUtilityUploadRequest { BucketName = bucket, Key = "large", InputStream = new MemoryStream(content), PartSize = 6_000_000 }, Cancellation);
        using var got = await s3.GetObjectAsync(bucket, "large", Cancellation);
        Assert.EndsWith("-5\"", got.ETag, StringComparison.Ordinal);
        Assert.Equal(content, await SdkClient.ReadAsync(got, Cancellation));
    }

    [Fact]
    public async Task A_bucket_made_in_one_region_is_read_at_the_edge_and_at_its_own_origin_only()
    {
        using var edge = SdkClient.Create(deployment.Bootstrap);
        using var las = SdkClient.Create(deployment.Bootstrap, deployment.Bootstrap.Endpoint("LAS1"));
        using var ord = SdkClient.Create(deployment.Bootstrap, deployment.Bootstrap.Endpoint("ORD1"));
        var bucket = deployment.NewBucketName();
        await edge.PutBucketAsync(new PutBucketRequest { BucketName = bucket, BucketRegionName = "LAS1" }, Cancellation);
        await las.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "from LAS1" }, Cancellation);
        using (var got = await edge.GetObjectAsync(bucket, "k", Cancellation))
        {
            Assert.Equal("from LAS1", System.Text.Encoding.UTF8.GetString(await SdkClient.ReadAsync(got, Cancellation)));
        }

        var elsewhere = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => ord.GetObjectAsync(bucket, "k", Cancellation));
        Assert.Equal("NoSuchBucket", elsewhere.ErrorCode);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused()
    {
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials(deployment.Bootstrap.AccessKeyId, "wrong"), SdkClient.Configuration(deployment.Bootstrap.AcceleratedEndpoint));
        var refused = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => s3.ListBucketsAsync(Cancellation));
        Assert.Equal("SignatureDoesNotMatch", refused.ErrorCode);
        Assert.False(string.IsNullOrEmpty(refused.RequestId));
    }
}
