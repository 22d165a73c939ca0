using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class CopySourceNameTests
{
    [Theory]
    [InlineData("bkt/key", "bkt", "key", null)]
    [InlineData("/bkt/key", "bkt", "key", null)]
    [InlineData("%2Fbkt%2Fa%2Fb", "bkt", "a/b", null)]
    [InlineData("bkt/a%20b%2Bc+d", "bkt", "a b+c d", null)]
    [InlineData("bkt//key", "bkt", "/key", null)]
    [InlineData("bkt/key/", "bkt", "key/", null)]
    [InlineData("bkt/key?versionId=v1", "bkt", "key", "v1")]
    [InlineData("bkt/key?versionId=null", "bkt", "key", "null")]
    [InlineData("bkt/key?versionId=a%2Bb", "bkt", "key", "a+b")]
    [InlineData("bkt/key%3FversionId%3Dv1", "bkt", "key?versionId=v1", null)]
    [InlineData("bkt/key?versionId=x?versionId=v2", "bkt", "key?versionId=x", "v2")]
    [InlineData("bkt/key?other=1", "bkt", "key?other=1", null)]
    [InlineData("bkt/%E2%82%AC", "bkt", "€", null)]
    [InlineData("bkt/€", "bkt", "€", null)]
    public void Reads(string header, string bucket, string key, string? versionId)
    {
        Assert.Null(CopySourceName.TryParse(header, out var source));
        Assert.Equal(new CopySourceName(bucket, key, versionId), source);
    }

    [Theory]
    [InlineData(null, S3ErrorCode.InvalidArgument)]
    [InlineData("", S3ErrorCode.InvalidArgument)]
    [InlineData("/", S3ErrorCode.InvalidArgument)]
    [InlineData("bkt", S3ErrorCode.InvalidArgument)]
    [InlineData("/bkt/", S3ErrorCode.InvalidArgument)]
    [InlineData("//key", S3ErrorCode.InvalidArgument)]
    [InlineData("bkt/key?versionId=", S3ErrorCode.InvalidArgument)]
    [InlineData("bkt/%zz", S3ErrorCode.InvalidArgument)]
    [InlineData("BKT/key", S3ErrorCode.InvalidBucketName)]
    [InlineData("arn:aws:s3:ord1:1:accesspoint/x/object/key", S3ErrorCode.InvalidBucketName)]
    public void Refuses(string? header, S3ErrorCode expected)
    {
        Assert.Equal(expected, CopySourceName.TryParse(header, out var source)!.Code);
        Assert.Null(source);
    }

    [Fact]
    public void Keys_are_limited() =>
        Assert.Equal(S3ErrorCode.KeyTooLongError, CopySourceName.TryParse("bkt/" + new string('k', 1025), out _)!.Code);
}
