using EdgeCache.Shared.S3;
using static EdgeCache.Shared.S3.S3ErrorCode;
using static EdgeCache.Shared.S3.S3Operation;

namespace EdgeCache.Shared.Tests.S3;

public sealed class S3RouteTests
{
    private static readonly S3HostOptions Hosts = S3HostOptions.ForDomain("example.com", ["ord1"], "localhost");

    [Theory]
    [InlineData("GET", "/", ListBuckets)]
    [InlineData("GET", "/?x-id=ListBuckets", ListBuckets)]
    [InlineData("GET", "/?max-buckets=5&prefix=a", ListBuckets)]
    [InlineData("PUT", "/bkt", CreateBucket)]
    [InlineData("PUT", "/bkt/", CreateBucket)]
    [InlineData("PUT", "/bkt?x-id=CreateBucket", CreateBucket)]
    [InlineData("HEAD", "/bkt", HeadBucket)]
    [InlineData("HEAD", "/bkt/", HeadBucket)]
    [InlineData("HEAD", "/bkt?read-stats=true", HeadBucket)]
    [InlineData("DELETE", "/bkt", DeleteBucket)]
    [InlineData("DELETE", "/bkt/", DeleteBucket)]
    [InlineData("GET", "/bkt", ListObjects)]
    [InlineData("GET", "/bkt/", ListObjects)]
    [InlineData("GET", "/bkt?prefix=&delimiter=&marker=&max-keys=", ListObjects)]
    [InlineData("GET", "/bkt?encoding-type=url&prefix=a%2Fb", ListObjects)]
    [InlineData("GET", "/bkt?X-Amz-Security-Token=", ListObjects)]
    [InlineData("GET", "/bkt?allow-unordered=true", ListObjects)]
    [InlineData("GET", "/bkt?AWSAccessKeyId=a&Signature=b&Expires=1", ListObjects)]
    [InlineData("GET", "/bkt?list-type=2", ListObjectsV2)]
    [InlineData("GET", "/bkt/?list-type=2&prefix=a&continuation-token=", ListObjectsV2)]
    [InlineData("GET", "/bkt?start-after=&fetch-owner=&list-type=2", ListObjectsV2)]
    [InlineData("GET", "/bkt?versions", ListObjectVersions)]
    [InlineData("GET", "/bkt?versions=&key-marker=&version-id-marker=", ListObjectVersions)]
    [InlineData("GET", "/bkt?uploads", ListMultipartUploads)]
    [InlineData("GET", "/bkt?uploads&upload-id-marker=&max-uploads=3", ListMultipartUploads)]
    [InlineData("GET", "/bkt?location", GetBucketLocation)]
    [InlineData("GET", "/bkt?location=", GetBucketLocation)]
    [InlineData("GET", "/bkt?versioning", GetBucketVersioning)]
    [InlineData("PUT", "/bkt?versioning", PutBucketVersioning)]
    [InlineData("GET", "/bkt?acl", GetBucketAcl)]
    [InlineData("PUT", "/bkt?acl", PutBucketAcl)]
    [InlineData("PUT", "/bkt?policy", PutBucketPolicy)]
    [InlineData("DELETE", "/bkt?policy", DeleteBucketPolicy)]
    [InlineData("GET", "/bkt?policyStatus", GetBucketPolicyStatus)]
    [InlineData("PUT", "/bkt?tagging", PutBucketTagging)]
    [InlineData("DELETE", "/bkt?tagging", DeleteBucketTagging)]
    [InlineData("PUT", "/bkt?publicAccessBlock", PutPublicAccessBlock)]
    [InlineData("DELETE", "/bkt?publicAccessBlock", DeletePublicAccessBlock)]
    [InlineData("PUT", "/bkt?ownershipControls", PutBucketOwnershipControls)]
    [InlineData("DELETE", "/bkt?ownershipControls", DeleteBucketOwnershipControls)]
    [InlineData("PUT", "/bkt/key?acl", PutObjectAcl)]
    [InlineData("PUT", "/bkt/key?acl&versionId=v1", PutObjectAcl)]
    [InlineData("PUT", "/bkt/key?tagging", PutObjectTagging)]
    [InlineData("DELETE", "/bkt/key?tagging&versionId=v1", DeleteObjectTagging)]
    [InlineData("POST", "/bkt?delete", DeleteObjects)]
    [InlineData("POST", "/bkt/?delete&x-id=DeleteObjects", DeleteObjects)]
    [InlineData("GET", "/bkt?accelerate", GetBucketAccelerateConfiguration)]
    [InlineData("GET", "/bkt?cors", GetBucketCors)]
    [InlineData("PUT", "/bkt?cors", PutBucketCors)]
    [InlineData("DELETE", "/bkt?cors", DeleteBucketCors)]
    [InlineData("GET", "/bkt?encryption", GetBucketEncryption)]
    [InlineData("PUT", "/bkt?encryption", PutBucketEncryption)]
    [InlineData("DELETE", "/bkt?encryption", DeleteBucketEncryption)]
    [InlineData("GET", "/bkt?lifecycle", GetBucketLifecycleConfiguration)]
    [InlineData("PUT", "/bkt?lifecycle", PutBucketLifecycleConfiguration)]
    [InlineData("DELETE", "/bkt?lifecycle", DeleteBucketLifecycle)]
    [InlineData("PUT", "/bkt?website", PutBucketWebsite)]
    [InlineData("DELETE", "/bkt?website", DeleteBucketWebsite)]
    [InlineData("PUT", "/bkt?requestPayment", PutBucketRequestPayment)]
    [InlineData("PUT", "/bkt?accelerate", PutBucketAccelerateConfiguration)]
    [InlineData("GET", "/bkt?logging", GetBucketLogging)]
    [InlineData("GET", "/bkt?notification", GetBucketNotificationConfiguration)]
    [InlineData("GET", "/bkt?object-lock", GetObjectLockConfiguration)]
    [InlineData("PUT", "/bkt?object-lock", PutObjectLockConfiguration)]
    [InlineData("GET", "/bkt?ownershipControls", GetBucketOwnershipControls)]
    [InlineData("GET", "/bkt?policy", GetBucketPolicy)]
    [InlineData("GET", "/bkt?publicAccessBlock", GetPublicAccessBlock)]
    [InlineData("GET", "/bkt?replication", GetBucketReplication)]
    [InlineData("GET", "/bkt?requestPayment", GetBucketRequestPayment)]
    [InlineData("GET", "/bkt?tagging", GetBucketTagging)]
    [InlineData("GET", "/bkt?website", GetBucketWebsite)]
    [InlineData("GET", "/bkt/key", GetObject)]
    [InlineData("GET", "/bkt/key/", GetObject)]
    [InlineData("GET", "/bkt//", GetObject)]
    [InlineData("GET", "/bkt/key?versionId=v1", GetObject)]
    [InlineData("GET", "/bkt/key?partNumber=3", GetObject)]
    [InlineData("GET", "/bkt/key?response-content-type=text%2Fplain&x-id=GetObject", GetObject)]
    [InlineData("GET", "/bkt/key?response-expires=", GetObject)]
    [InlineData("GET", "/bkt/key?foo=bar", GetObject)]
    [InlineData("GET", "/bkt/key?acl", GetObjectAcl)]
    [InlineData("GET", "/bkt/key?acl&versionId=v1", GetObjectAcl)]
    [InlineData("GET", "/bkt/key?attributes", GetObjectAttributes)]
    [InlineData("GET", "/bkt/key?tagging", GetObjectTagging)]
    [InlineData("GET", "/bkt/key?retention", GetObjectRetention)]
    [InlineData("PUT", "/bkt/key?retention&versionId=v1", PutObjectRetention)]
    [InlineData("GET", "/bkt/key?legal-hold", GetObjectLegalHold)]
    [InlineData("PUT", "/bkt/key?legal-hold", PutObjectLegalHold)]
    [InlineData("POST", "/bkt", PostObject)]
    [InlineData("POST", "/bkt/", PostObject)]
    [InlineData("GET", "/bkt/key?torrent", GetObjectTorrent)]
    [InlineData("PUT", "/bkt/key?renameObject", RenameObject)]
    [InlineData("POST", "/bkt/key?restore&versionId=v1", RestoreObject)]
    [InlineData("POST", "/bkt/key?select&select-type=2", SelectObjectContent)]
    [InlineData("GET", "/bkt/key?uploadId=u1", ListParts)]
    [InlineData("GET", "/bkt/key?uploadId=u1&max-parts=5&part-number-marker=0", ListParts)]
    [InlineData("HEAD", "/bkt/key", HeadObject)]
    [InlineData("HEAD", "/bkt/key?partNumber=1&versionId=null", HeadObject)]
    [InlineData("PUT", "/bkt/key", PutObject)]
    [InlineData("PUT", "/bkt/key?x-id=PutObject", PutObject)]
    [InlineData("PUT", "/bkt/key?partNumber=1&uploadId=u1", UploadPart)]
    [InlineData("PUT", "/bkt/key?uploadId=u1&partNumber=10000&x-id=UploadPart", UploadPart)]
    [InlineData("POST", "/bkt/key?uploads", CreateMultipartUpload)]
    [InlineData("POST", "/bkt/key?uploads=", CreateMultipartUpload)]
    [InlineData("POST", "/bkt/key?uploadId=u1", CompleteMultipartUpload)]
    [InlineData("DELETE", "/bkt/key", DeleteObject)]
    [InlineData("DELETE", "/bkt/key?versionId=v1", DeleteObject)]
    [InlineData("DELETE", "/bkt/key?uploadId=u1", AbortMultipartUpload)]
    public void Routes(string method, string target, S3Operation expected)
    {
        var (error, request) = Parse(method, target);
        Assert.Null(error);
        Assert.Equal(expected, request!.Operation);
    }

    [Theory]
    [InlineData("PUT", "/bkt/key", CopyObject)]
    [InlineData("PUT", "/bkt/key?x-id=CopyObject", CopyObject)]
    [InlineData("PUT", "/bkt/key?partNumber=1&uploadId=u1", UploadPartCopy)]
    [InlineData("GET", "/bkt/key", GetObject)]
    public void Routes_by_copy_source(string method, string target, S3Operation expected)
    {
        var (error, request) = Parse(method, target, hasCopySource: true);
        Assert.Null(error);
        Assert.Equal(expected, request!.Operation);
    }

    [Theory]
    [InlineData("OPTIONS", "/bkt/key", MethodNotAllowed)]
    [InlineData("PATCH", "/bkt/key", MethodNotAllowed)]
    [InlineData("TRACE", "/", MethodNotAllowed)]
    [InlineData("CONNECT", "/", MethodNotAllowed)]
    [InlineData("get", "/bkt", MethodNotAllowed)]
    [InlineData("PUT", "/", MethodNotAllowed)]
    [InlineData("POST", "/", MethodNotAllowed)]
    [InlineData("DELETE", "/", MethodNotAllowed)]
    [InlineData("HEAD", "/", MethodNotAllowed)]
    [InlineData("POST", "/bkt/key", MethodNotAllowed)]
    [InlineData("PUT", "/bkt?location", MethodNotAllowed)]
    [InlineData("PUT", "/bkt?versions", MethodNotAllowed)]
    [InlineData("DELETE", "/bkt?versioning", MethodNotAllowed)]
    [InlineData("DELETE", "/bkt?uploads", MethodNotAllowed)]
    [InlineData("GET", "/bkt?delete", MethodNotAllowed)]
    [InlineData("DELETE", "/bkt?delete", MethodNotAllowed)]
    [InlineData("PUT", "/bkt/key?attributes", MethodNotAllowed)]
    [InlineData("GET", "/bkt/key?uploads", MethodNotAllowed)]
    [InlineData("HEAD", "/bkt/key?uploadId=u", MethodNotAllowed)]
    [InlineData("DELETE", "/bkt?acl", MethodNotAllowed)]
    [InlineData("PUT", "/bkt?policyStatus", MethodNotAllowed)]
    [InlineData("DELETE", "/bkt/key?acl", MethodNotAllowed)]
    [InlineData("POST", "/bkt/key?tagging", MethodNotAllowed)]
    [InlineData("PUT", "/bkt?logging", NotImplemented)]
    [InlineData("PUT", "/bkt?notification", NotImplemented)]
    [InlineData("PUT", "/bkt?replication", NotImplemented)]
    [InlineData("GET", "/bkt?inventory&id=1", NotImplemented)]
    [InlineData("GET", "/bkt?metrics", NotImplemented)]
    [InlineData("GET", "/bkt?analytics", NotImplemented)]
    [InlineData("GET", "/bkt?intelligent-tiering", NotImplemented)]
    [InlineData("GET", "/bkt?session", NotImplemented)]
    [InlineData("DELETE", "/bkt?setting-of-next-year", NotImplemented)]
    [InlineData("PUT", "/bkt?setting-of-next-year", NotImplemented)]
    [InlineData("GET", "/bkt?setting-of-next-year", NotImplemented)]
    [InlineData("PUT", "/bkt/key?append&position=0", NotImplemented)]
    [InlineData("GET", "/bkt/key?policy", InvalidRequest)]
    [InlineData("GET", "/bkt/key?versions", InvalidRequest)]
    [InlineData("DELETE", "/bkt?uploadId=u", InvalidRequest)]
    [InlineData("GET", "/bkt?attributes", InvalidRequest)]
    [InlineData("GET", "/bkt?acl&policy", InvalidArgument)]
    [InlineData("GET", "/bkt?list-type=1", InvalidArgument)]
    [InlineData("GET", "/bkt?list-type=", InvalidArgument)]
    [InlineData("GET", "/bkt/key?versionId=", InvalidArgument)]
    [InlineData("GET", "/bkt/key?uploadId=", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?uploadId=u", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?partNumber=1", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?uploadId=u&partNumber=0", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?uploadId=u&partNumber=10001", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?uploadId=u&partNumber=-1", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?uploadId=u&partNumber=99999999999999999999", InvalidArgument)]
    [InlineData("PUT", "/bkt/key?uploadId=u&partNumber=x", InvalidArgument)]
    [InlineData("GET", "/ab", InvalidBucketName)]
    [InlineData("GET", "/BKT/key", InvalidBucketName)]
    [InlineData("GET", "//key", InvalidBucketName)]
    [InlineData("GET", "/a%2Fb/key", InvalidBucketName)]
    [InlineData("GET", "/192.168.1.1/key", InvalidBucketName)]
    [InlineData("GET", "/bkt/%zz", InvalidURI)]
    [InlineData("GET", "/bkt/%ff", InvalidURI)]
    [InlineData("GET", "/bkt/%00", InvalidURI)]
    [InlineData("GET", "/bkt/%", InvalidURI)]
    [InlineData("GET", "/b%kt", InvalidURI)]
    [InlineData("GET", "bkt/key", InvalidURI)]
    [InlineData("GET", "*", InvalidURI)]
    [InlineData("GET", "", InvalidURI)]
    [InlineData("GET", "/bkt?prefix=%zz", InvalidURI)]
    public void Refuses(string method, string target, S3ErrorCode expected)
    {
        var (error, request) = Parse(method, target);
        Assert.Null(request);
        Assert.Equal(expected, error!.Code);
    }

    [Fact]
    public void Every_operation_has_a_route()
    {
        var routed = typeof(S3RouteTests).GetMethods().SelectMany(static m => m.GetCustomAttributes(typeof(InlineDataAttribute), false))
            .Select(static a => ((InlineDataAttribute)a).Data[2]).OfType<S3Operation>();
        Assert.Empty(Enum.GetValues<S3Operation>().Except(routed));
    }

    private static (S3Error? Error, S3Request? Request) Parse(string method, string target, bool hasCopySource = false)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var error = S3RequestParser.TryParse(method, "localhost:9000", question < 0 ? target : target[..question],
            question < 0 ? string.Empty : target[(question + 1)..], hasCopySource, Hosts, out var request);
        Assert.NotEqual(error is null, request is null);
        return (error, request);
    }
}
